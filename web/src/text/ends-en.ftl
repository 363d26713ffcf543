# SPDX-License-Identifier: Apache-2.0
# English: what became of a call that is over, in the list of calls and in a chat. Fetched with them.

past-missed = Missed
past-missed-silent = Missed: it did not ring, you did not want to be disturbed
past-answered = { $duration }
past-failed = Was not connected

chat-call-answered = Call, { $duration }
chat-call-failed = Call that was not connected
chat-call-missed = Missed call from { $name }
chat-call-mine = Your call
chat-call-theirs = Call from { $name }

# Why it ended; of some, whose doing it was.
why-hung-up = Hung up
why-hung-up-mine = You hung up
why-hung-up-theirs = The other side hung up
why-declined-mine = You declined
why-declined-theirs = Declined
why-cancelled-mine = You gave up before an answer
why-cancelled-theirs = The caller gave up before an answer
why-no-answer-mine = You did not answer
why-no-answer-theirs = No answer
why-unreachable-mine = You were unavailable
why-unreachable-theirs = Was unavailable
why-busy-mine = You were in another call
why-busy-theirs = Was in another call
why-permission-denied = The microphone was not allowed
why-permission-denied-mine = Your microphone was not allowed
why-permission-denied-theirs = The other side’s microphone was not allowed
why-no-device = There was no microphone
why-no-device-mine = You had no microphone
why-no-device-theirs = The other side had no microphone
why-media-failed = Sound and picture could not be connected
why-media-lost = The connection was lost
why-signalling-lost = The connection to the server was lost
why-replaced = Another call took its place
why-connector-disabled = Calls were switched off
why-server-shutdown = The server was restarted
why-too-long = The longest time was reached
why-stopped = Ended by an administrator
