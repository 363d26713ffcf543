admin-title = Administration
admin-tab-conferencing = Web Conferencing
admin-tab-people = People
admin-tab-invitations = Invitations
admin-tab-calls = Calls
admin-tab-now = Now
admin-tab-audit = Log of acts
admin-tab-check = Check
admin-active = Active
admin-active-title = { $name } is active
admin-settings = Settings
admin-settings-of = Settings of { $name }
admin-public = A public STUN server is in use: { $url }. It learns who calls whom from where. Use a server of your own.
connector-webrtc-description = Sound and picture from browser to browser. No account is needed.
connector-link-description = Calls meet in a service outside that has a link for each meeting.
connector-sip-description = Opens a telephone program of the caller's. Both people need a SIP address in their profile.
admin-no-phones = No calls on phones
admin-no-phones-hint = Browsers on phones get no Call button and cannot answer; who is called there sees it and can decline.
field-link-template = Address of a meeting
field-link-template-hint = Such as https://meet.example.org/{"{"}room{"}"}
field-sip-scheme = Kind of link
field-sip-scheme-hint = sip, sips or callto, as your people's programs want it
webrtc-title = WebRTC Settings
webrtc-servers = ICE servers, in the order in which browsers try them
webrtc-none = There is no server. Calls work within one network only; a TURN server of your own is recommended.
webrtc-no-other = There is no other server. A second TURN server of your own, on another machine, is recommended for when this one cannot be reached.
relay-title = Built-in STUN and TURN server
relay-on = It runs and is given to browsers first, with a credential for each call.
relay-draining = It ends: what is relayed goes on, nothing new is taken.
relay-off = It is switched off in the configuration (turn.on).
relay-allocations = { $count ->
    [0] Nothing is relayed at the moment
    [one] 1 relay is live
   *[other] { $count } relays are live
}
relay-by = UDP { $udp }, TCP { $tcp }, TLS { $tls }
relay-amount = { $size } in { $number } packets since the start
relay-test = Test each way from this browser
relay-udp = UDP:
relay-tcp = TCP:
relay-tls = TLS:
relay-works-udp = it works, calls are relayed the fastest way.
relay-works-tcp = it works, calls pass where UDP is blocked.
relay-works-tls = it works, calls pass where only encrypted connections do.
relay-trial-testing = testing …
relay-trial-nothing = no answer came back. Check the firewall, and the option turn.public_address behind a router.
relay-trial-absent = not offered: the server has no certificate of its own (tls.cert).
webrtc-server = Server { $number }
webrtc-url = Address
webrtc-url-hint = stun:host, turn:host or turns:host, with :port and ?transport=udp or tcp; several with blanks between
webrtc-credentials = Credentials
webrtc-username = User name
webrtc-password = Password
webrtc-password-kept = Kept. Type only to change it.
webrtc-add = Add a server below
webrtc-add-first = Add a server
webrtc-remove = Remove
webrtc-remove-title = Remove this server?
webrtc-remove-text = Calls will not use { $url } any more.
webrtc-up = Move up
webrtc-down = Move down
webrtc-test = Test
webrtc-testing = Testing …
webrtc-test-relay = It works: the server relays calls.
webrtc-test-reflexive = It works: the server tells the browser its public address.
webrtc-test-nothing = No answer came back. Check address, port, firewall and credentials.
webrtc-test-invalid = The browser does not accept this server: check address and credentials.
webrtc-public = Use a public STUN server: { $url }
webrtc-public-hint = Off at first. It belongs to another company, which then learns from which addresses people call each other. The built-in server, or one of your own, does the same.
webrtc-relay-only = Relay only: nobody learns the other's address
webrtc-pool = Candidates gathered in advance (0 to 10)
webrtc-collect = Collect the log of pages in the server's log
webrtc-save = Save
people-admin-disable = Disable
people-admin-disable-title = Disable { $name }?
people-admin-disable-text = All sign-ins end at once. Nothing is deleted.
people-admin-erase = Delete
people-admin-erase-title = Delete { $name } for good?
people-admin-erase-text = This cannot be undone. The account { $name }, its picture and everything that was posted, commented and liked are deleted. Messages in chats become empty. Calls and the log of acts stay, without the name. Backups still have everything.
people-admin-enable = Enable
people-admin-disabled = Disabled
people-admin-reset = Password link
people-admin-reset-done = This link sets a new password of { $name }. It works once.
people-admin-make = Make administrator
people-admin-unmake = No administrator any more
people-admin-hide-address = Hide network address
people-admin-show-address = Allow network address
people-admin-groups = Groups
people-admin-groups-of = Groups of { $name }
admin-groups = Groups: { $groups }
invitations-none = There are no open invitations.
invitations-line = { $kind ->
    [administrator] New administrator
    [password] New password of { $name }
   *[member] New person
 }, until { $when }
invitations-withdraw = Withdraw
calls-none = Nobody is in a call.
calls-line = { $caller } and { $callee }, { $state ->
    [ringing] ringing
    [connecting] connecting
   *[active] talking
 } for { $time }
calls-end = End
calls-end-title = End this call?
calls-end-text = It ends for both at once, and both are told.
audit-none = Nothing has been done yet.
admin-now-most = at most { $value }
admin-now-table = As a table
admin-now-hour = Hour
admin-now-hours = The last 24 hours
admin-now-calls-running = Running calls
admin-now-here = People here
admin-now-sessions-open = Open tabs
admin-now-people = People with an account
admin-now-calls = Calls started
admin-now-sessions = Open tabs, at most
admin-now-relays = Relays opened
admin-now-loss = Lost packets, on average
admin-now-percent = { $value } %
audit-older = Older
audit-connector-on = switched { $target } on
audit-connector-off = switched { $target } off
audit-connector-settings = changed the settings of { $target }
audit-phones-on = offered calls on phones again
audit-phones-off = switched calls on phones off
audit-user-disabled = disabled { $target }
audit-user-erased = deleted a person ({ $target })
audit-user-enabled = enabled { $target }
audit-command-line = Command line
audit-user-added = added { $target }
audit-password-set = set a new password for { $target }
audit-group-added = made the group { $target }
audit-group-joined = added { $target } to { $detail }
audit-group-left = removed { $target } from { $detail }
audit-password-link = made a password link for { $target }
audit-invitation-withdrawn = withdrew an invitation
audit-invited = { $target ->
    [administrator] made an invitation for an administrator
   *[other] made an invitation
}
audit-activity-removed = removed a post of { $target }
audit-comment-removed = removed a comment of { $target }
audit-call-ended = ended the call of { $target } and { $detail }
last-administrator = This is not possible: somebody must remain administrator.
error-invalid-username = Enter a user name.
error-invalid-url = This is not the address of a server that others can reach.
error-invalid-poolSize = Enter a number from 0 to 10.
error-invalid-template = Enter an address that begins with https:// and has one room in braces.
error-invalid-scheme = Enter sip, sips or callto.

admin-guests-title = Links for guests
admin-guests-none = No links for guests.
admin-guests-line = { $host } for { $name }: { $state ->
    [open] waits for its guest, until { $when }
    [waiting] the guest asks to be let in
    [talking] in a call
    [used] used
   *[expired] expired
}
audit-guest-invited = made a link for a guest
audit-guest-link-withdrawn = withdrew a link for a guest
admin-guests-withdraw-title = Withdraw this link?
admin-guests-withdraw-text = It works no more, and a guest who came by it is out at once.
