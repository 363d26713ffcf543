# SPDX-License-Identifier: Apache-2.0
# English: what few pages show of calls. Fetched with the first of them.

history-title = Calls
history-which = Which calls
history-all = All
history-missed = Missed
history-search = Search by person
history-none = No calls yet. Press Call beside a colleague's name.
history-none-missed = No missed calls.
history-none-with = No calls with { $name }.
history-nobody = Nobody found for “{ $query }”.
history-with = Calls with
history-older = Older calls
history-people = Find a colleague

past-in = Incoming
past-out = Outgoing
past-missed = Missed
past-missed-silent = Missed: it did not ring, you did not want to be disturbed
past-answered = { $duration }
past-declined = Declined
past-declined-by-me = You declined
past-no-answer = No answer
past-busy = Was in another call
past-unreachable = Was unavailable
past-cancelled = Given up before an answer
past-by-me = You gave up before an answer
past-permission-denied = The microphone was not allowed
past-no-device = There was no microphone
past-failed = Was not connected
past-cut-media-lost = the connection was lost
past-cut-signalling-lost = the connection to the server was lost
past-cut-too-long = the longest time was reached
past-cut-stopped = ended by an administrator
past-cut-server-shutdown = the server was restarted
past-cut-connector-disabled = calls were switched off
past-details = Details of the call with { $name }, { $when }
