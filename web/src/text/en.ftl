# SPDX-License-Identifier: Apache-2.0
# English. Every other language has the same keys with the same placeables (text.test.ts compares).

app-name = Visavis
skip-to-content = Skip to content
loading = Loading…
try-again = Try again
cancel = Cancel
close = Close
save = Save
saved = Saved
copy = Copy
copied = Copied
offline-banner = Connection lost. Reconnecting…
language-en = English
language-fr = Français
language-auto = Same as browser

menu = Main menu
menu-people = People
menu-admin = Administration: Web Conferencing
menu-settings = Settings
user-menu = Your menu, { $name }
theme = Appearance
theme-auto = System
theme-light = Light
theme-dark = Dark
language = Language
sign-out = Sign out

sign-in-title = Sign in
sign-in-text = See a colleague with one click.
sign-in = Sign in
sign-out-done = You are signed out.
user-name = User name
user-name-hint = Lower-case letters, digits, dot, dash or underscore. It cannot be changed later.
password = Password
password-hint = At least 10 characters.
full-name = Full name
e-mail = E-mail
optional-label = { $label } (optional)
position = Position

join-title = Welcome
join-text = You are invited. Choose how others will see you.
join-administrator-text = This link creates the administrator's account.
join = Create account
join-expired-title = This link is not valid
join-expired-text = It was used already or has expired. Ask your administrator for a new one.
reset-title = New password
reset-text = Choose a new password for { $name }.
reset = Set password and sign in

people-title = People
people-search = Search people
people-count = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
people-none = Nobody found for “{ $query }”.
people-empty = Nobody else is here yet.
previous-page = Previous
next-page = Next
page-range = { $from }–{ $to } of { $total }
invite = Invite people

profile-edit = Edit profile
profile-you = This is you
avatar-of = Picture of { $name }

status-available = Available
status-in-call = In a call
status-away = Away
status-do-not-disturb = Do not disturb
status-offline = Offline

invite-title = Invite people
invite-text = Make a link and send it to one person. It works once.
invite-kind-member = Person
invite-kind-administrator = Administrator
invite-kind = Invited as
invite-make = Make link
invite-link = Invitation link
invite-expires = Valid until { $when }

not-found-title = Nothing here
not-found-text = This page does not exist, or you may not see it.
not-found-link = Go to the home page
call-insecure-title = No calls over plain http
call-insecure-text = Browsers open microphone and camera only over https. Ask your administrator for an address with https.

call-button = Call
call-button-title = Start a video call with { $name }
call-button-room-title = Start a meeting for everybody in { $name }
call-button-in-progress = In progress
call-button-in-progress-title = Your call with { $name } is in progress. Show its window
incoming-title = { $name } is calling you
incoming-answer = Answer
incoming-answer-without-camera = Answer without camera
incoming-answer-elsewhere = Calls are not offered on phones here. Answer on a computer.
incoming-decline = Decline
incoming-decline-title = Decline the call of { $name }
incoming-hold-answer = Hold & answer
incoming-waiting = You are in a call: it is put on hold when you answer.
incoming-ignore = Ignore here
incoming-ignore-title = No card and no ring on this device; it rings on elsewhere
guest-name = { $name } (guest)
guest-asks = { $name } asks to be let in
guest-let-in = Let in
guest-let-in-without-camera = Let in, without my camera
guest-refuse = Refuse
incoming-reply = Decline with a message
incoming-reply-sent = Declined. { $name } has your message.
incoming-answered-elsewhere = Answered on { $device }
incoming-declined-elsewhere = Declined on { $device }
reply-later = I will call you back.
reply-meeting = I am in a meeting.
reply-write = Please write to me.
reply-own = Your own words
incoming-sound-blocked = Sound is blocked – click to hear
incoming-page-title = { $name } is calling
profile-link = Profile of { $name }

call-notify = Tell me when available
call-notify-asked = You will be told when { $name } is available.
microphone = Microphone
camera = Camera
speaker = Speaker
device-named = { $browser } on { $system }
device-browser = Browser
level = Level of your microphone

ended-title = Call ended
ended-problem-title = The call did not work
ended-internal = Something went wrong on the server. Try again; if it stays, tell your administrator the reference.
ended-reference = Reference: { $reference }

problem-popup-title = The call window was blocked
problem-popup = Your browser blocked the pop-up window. Allow pop-ups for this site, or go on with the call in this page.
problem-popup-here = Call in this page

error-wrong-login = User name or password is wrong.
error-limit = The server allows no more for now. Try again in a minute; if that does not help, ask an administrator.
error-taken = This name is taken. Choose another one.
error-not-found = Not found.
error-forbidden = You may not do this.
error-invalid = Check this field.
error-invalid-name = Use 1 to 32 lower-case letters, digits, dots, dashes or underscores.
error-invalid-fullName = Enter a name of at most 128 characters.
error-invalid-email = This is not an e-mail address.
error-invalid-password = Use at least 10 characters.
error-invalid-position = Use at most 128 characters.
error-too-large = The file is too large.
error-network = The server cannot be reached. Check your network.
error-internal = Something went wrong. Try again.

# The frame.
menu-home = Home
menu-chat = Chat
menu-calls = Calls
menu-spaces = Spaces
missed-calls = { $count ->
    [one] { $count } missed call
   *[other] { $count } missed calls
}
unread-rooms = { $count ->
    [one] { $count } conversation with new messages
   *[other] { $count } conversations with new messages
}
unread-messages = { $count ->
    [one] { $count } new message
   *[other] { $count } new messages
}
page-failed-title = The page could not be loaded
more = More
delete = Delete
delete-text = This cannot be undone.
send = Send
status = Status
status-invisible = Invisible
status-available-hint = You are rung and notified.
status-away-hint = You are rung and notified, and others see that you are away.
status-do-not-disturb-hint = Calls do not ring; you see them afterwards.
status-invisible-hint = To others you look offline, and calls do not ring.
text-left = { $count } characters left
text-too-long = { $count } characters too long

# People and the Call button.
person-card = { $name }, details
chat = Chat
chat-with = Chat with { $name }
call-button-available = It rings now.
call-button-away = Away at the moment, but it rings.
call-button-available-on = { $count ->
    [one] It rings on { $count } device.
   *[other] It rings on { $count } devices.
}
call-button-away-on = { $count ->
    [one] Away at the moment, but it rings on { $count } device.
   *[other] Away at the moment, but it rings on { $count } devices.
}
call-button-push = Offline: a browser gets a notification.
call-button-do-not-disturb = Does not want to be disturbed: it will not ring.
call-button-in-call = In a call at the moment: your call will be shown quietly.
call-button-offline = Offline: a missed call will be left.
call-button-more = More ways to call { $name }
connector-webrtc-title = WebRTC
connector-link-title = Meeting link
connector-sip-title = SIP telephone
call-button-elsewhere = This call has its window in another tab of this browser. Look for it there.
meeting-blocked = Your browser has blocked the tab of the meeting. Its link is in this room.
picker-search = Search for people to add
picker-add = Add { $name }
picker-drop = Take { $name } out again
picker-nobody = There is nobody else to add.

# The stream.
home-title = Home
feed = Stream
feed-write = What do you want to share?
feed-write-space = Write to this space
feed-post = Post
feed-empty = Nothing has been posted yet. Tell everybody what you are working on.
feed-empty-space = Nothing has been posted here yet. Begin with a word of welcome.
feed-first = Write the first post
feed-more = Show older posts
activity-of = Post of { $name }
activity-like = Like
activity-likes = { $count ->
    [0] Nobody likes this yet
    [one] { $count } person likes this
   *[other] { $count } people like this
}
activity-comment = Comment
activity-comments = { $count ->
    [one] { $count } comment
   *[other] { $count } comments
}
activity-delete = Delete this post
activity-deleted = The post is deleted.
comment-write = Write a comment
comment-delete = Delete this comment
comments-all = { $count ->
    [one] Show { $count } earlier comment
   *[other] Show { $count } earlier comments
}
comments-more = { $count ->
    [one] Show { $count } more comment
   *[other] Show { $count } more comments
}

# Chat.
chat-title = Chat
chat-rooms = Conversations
chat-room = Conversation
chat-log = Messages
chat-search = Search messages
chat-search-none = No message found for “{ $query }”.
chat-search-found = Messages found
chat-said = { $name }: { $text }
chat-you = You: { $text }
chat-no-rooms = You have no conversations yet.
chat-find-people = Find a colleague
chat-choose = Choose a conversation, or start one from a colleague's name.
chat-back = Back to all conversations
chat-write = Write a message
chat-empty = No messages yet. Say hello!
chat-earlier = Earlier messages
chat-later = Later messages
chat-latest = The latest messages
chat-new = New
chat-sending = Sending…
chat-waiting = Waiting for the connection…
chat-not-sent = Not sent. { $why }
chat-read = Read
chat-read-by = Read by { $names }
chat-typing = { $count ->
    [one] { $names } is typing…
   *[other] { $names } are typing…
}
person-erased = Deleted person
chat-erased = This message was erased.
chat-peer-gone = Nobody can write to this person any more.
chat-meeting = { $name } has begun a meeting
chat-meeting-own = You have begun a meeting
chat-meeting-join = Join on { $host }
room-gone = This conversation does not exist, or you are not in it any more.
room-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
room-add = Add people
room-added = { $name } is in the room now.
room-remove = Remove { $name } from the room
room-leave = Leave this room
team-new = New team room
team-title = Title
team-people = People
team-people-none = Nobody chosen yet. You can add people later, too.
team-make = Make room
mini-fold = Minimise
mini-fold-of = Minimise the chat with { $title }
mini-open = Open in Chat
mini-open-of = Open the chat with { $title } in the chat page
mini-close = Close
mini-close-of = Close the chat with { $title }

# Spaces.
spaces-title = Spaces
spaces-mine = Your spaces
spaces-none = A space is a place of its own for a team or a topic: a stream, a room, its people.
space-new = New space
space-edit = Edit this space
space-title = Title
space-description = Description
space-name = Name in the address
space-name-hint = Lower-case letters, digits and dashes. Left empty, it is made from the title.
space-make = Make space
space-members = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
space-invitations = Invitations
space-invited = You are invited to { $title }.
space-join = Join
space-join-title = Join { $title }
space-refuse = No, thank you
space-refuse-title = Refuse the invitation to { $title }
space-invite = Invite people
space-invite-sent = { $name } is invited.
space-remove = Remove { $name } from this space
space-leave = Leave this space

error-invalid-title = Enter a title of at most 128 characters.
error-invalid-description = Use at most 1,000 characters.
error-invalid-text = This text is empty, too long, or has characters that cannot be shown.
error-state = This is not possible at the moment.
error-closed = The connection was closed.
error-connector-disabled = This way to call has been switched off.

# Setting up calls; its sheet is in calls-en.ftl.
setup-title = Set up calls
setup-offer = Ready for your first call? Try microphone, sound and ring once.
setup-later = Not now
setup-open = Try it out

person-available = { $name } is available now.
error-too-many-calls = You have started too many calls. Wait some minutes.
error-call-busy = You are in another call.
