# SPDX-License-Identifier: Apache-2.0
# English: the call window, its devices, and how a call ends.

call-to = Call to { $name }
call-with = Call with { $name }
call-preparing = Waiting for your microphone and camera…
call-dialling = Calling { $name }…
call-rings = Ringing on { $devices }…
call-rings-mute = Shown on { $devices }, without sound…
call-rings-silent = { $name } does not want to be disturbed: your call is shown without a ring
call-rings-waiting = { $name } is in another call, and sees that you are calling
guest-lobby = { $name } has been told that you are here. You are let in when { $name } answers.
guest-over = Your link has been used. Ask for a new one if you need it.
call-hold = Put on hold
call-held = On hold
call-held-text = { $name } neither hears nor sees you.
call-held-both = { $name } holds the call as well.
call-held-by-peer = { $name } has put you on hold
call-resume = Take the call up again
waiting-popup = The browser has blocked the window. Allow pop-ups for this site, then answer again.
waiting-reply = The call is declined, but your message could not be sent.
call-connecting = Connecting…
call-active = Connected
meeting-open = Open the meeting
meeting-waits = { $name } and you meet in this service:
call-reconnecting = Reconnecting…
call-lost = The connection to { $name } is lost. It is being restored…
call-peer-trouble = { $name } has lost the connection
call-peer-away = { $name } is reconnecting…
call-peer-muted = { $name } is muted
call-controls = Call controls
call-own-picture = Your own picture
call-peer-picture = Picture of { $name }
call-sound-blocked = Sound is blocked – click to hear { $name }
microphone-none = No microphone
camera-none = No camera
call-end = End call
call-end-later = The server is away for the moment. Leave this window open: it tells the other side as soon as it can.
call-more = More
call-options = Options of the call
call-chat = Send a message
share = Share screen
share-stop = Stop sharing
full-screen = Full screen
float = Small window on top
own-picture-move = Move own picture
zoom-in = Larger
zoom-out = Smaller
speaker-none = The browser chooses the speaker
speaker-test = Test the speaker
microphone-choose = Choose microphone and speaker
camera-choose = Choose camera
device-numbered = { $device } { $number }
hint-muted-speaking = You are muted. Turn the microphone on to be heard
hint-silent = Your microphone is on, but no sound is detected
notice-fallback = { $device ->
    [camera] Your camera is gone. Now in use: { $detail }
   *[other] Your microphone is gone. Now in use: { $detail }
}
notice-lost = { $device ->
    [camera] Your camera is gone.
   *[other] Your microphone is gone.
}
notice-denied = The { $device ->
    [camera] camera
   *[other] microphone
} is blocked for this site. Allow it beside the address.
notice-dismissed = The { $device ->
    [camera] camera
   *[other] microphone
} was not allowed.
notice-system = The system's privacy settings block the { $device ->
    [camera] camera
   *[other] microphone
}.
notice-in-use = Another program uses the { $device ->
    [camera] camera
   *[other] microphone
}.
notice-absent = No { $device ->
    [camera] camera
   *[other] microphone
} found.
quality = Connection: { $level ->
    [good] good
    [fair] fair
    [poor] poor
   *[bad] bad
}
quality-loss = Lost on the way
quality-delay = There and back
quality-path = Path
quality-percent = { $value } %
quality-ms = { $value } ms
quality-path-direct = direct
quality-path-relayed = through the relay
quality-path-unknown = not known yet
quality-limit-none = Nothing limits this call.
quality-limit-computer = This computer is at its limit. Close other programs.
quality-limit-incoming = Sound and picture of { $name } arrive incompletely.
quality-limit-outgoing = Your network has no room for more: { $name } gets less of you.
keys-title = Keys
keys-single = Keys without Ctrl
key-microphone = Microphone on or off
key-camera = Camera on or off
key-talk = Talk while held
key-chat = Send a message
key-share = Share screen
key-full-screen = Full screen
key-keys = This list
key-space = Space
key-ctrl = Ctrl + { $key }
preview-elsewhere = Your call with { $name } goes on in another window.
preview-picture = Show my picture
preview-picture-off = Hide my picture
use-here = Use here
listen-only = Listen only
call-again = Call again
continue-without-camera = Continue without camera

ended-hung-up = { $name } has ended the call.
ended-hung-up-by-me = You have ended the call.
ended-declined = { $name } has declined the call.
ended-declined-by-me = You have declined the call.
ended-declined-elsewhere = You have declined the call on another device.
ended-answered-elsewhere = You have answered the call on another device.
ended-cancelled = { $name } has stopped calling.
ended-cancelled-by-me = You have stopped calling.
ended-no-answer = { $name } did not answer. Try again later.
ended-no-answer-by-me = You did not answer in time.
ended-unreachable = { $name } is unavailable. Try again later.
ended-busy = { $name } is in another call. Try again in a while.
ended-permission-denied = { $name } could not open the microphone or camera. Nothing is wrong on your side.
ended-permission-denied-by-me = Your browser refused the microphone. Allow it for this site, then call again.
ended-no-device = { $name } has no microphone. Nothing is wrong on your side.
ended-no-device-by-me = No microphone was found. Plug one in, then call again.
ended-media-failed = Sound and picture could not be connected. A network or firewall between you blocks them: tell your administrator.
ended-media-lost = The connection broke and did not come back. Check your network, then call again.
ended-signalling-lost = The connection to the server was lost. Check your network, then call again.
ended-replaced = Another call has taken the place of this one.
ended-connector-disabled = This way to call has been switched off by the administrator.
ended-server-shutdown = The server is being restarted. Call again in a minute.
ended-too-long = The call has reached the longest time allowed.
ended-stopped = An administrator has ended the call.
ended-already-in-call = You are in a call already. End it first.
ended-gone = This call is over.
ended-in-another-window = This call goes on in another window.
ended-signed-out = You are signed out. Sign in again to make calls.

problem-denied-title = Your { $device ->
    [camera] camera
   *[other] microphone
} is blocked
problem-denied = { $browser ->
    [firefox] This site may not use it. Click the crossed-out sign at the left of the address, remove the block with its X, then try again.
    [safari] This site may not use it. Choose Safari › Settings for This Website in the menu, allow camera and microphone, then try again.
   *[other] This site may not use it. Click the sign at the left of the address, switch microphone and camera on, then try again.
}
problem-dismissed-title = Your { $device ->
    [camera] camera
   *[other] microphone
} was not allowed
problem-dismissed = { $browser ->
    [firefox] The question of the browser was closed or blocked for now. Try again and choose “Allow”.
   *[other] The question of the browser was closed without an answer. Try again and choose “Allow”.
}
problem-system-title = Your system blocks the { $device ->
    [camera] camera
   *[other] microphone
}
problem-system = This site may use it, but the system keeps it from the browser. Open the privacy settings of your system, allow { $browser ->
    [firefox] Firefox
    [safari] Safari
   *[other] your browser
} there, then try again.
problem-in-use-title = Your { $device ->
    [camera] camera
   *[other] microphone
} is in use
problem-in-use = Another program or tab uses it. Close that one, then try again.
problem-absent-title = No { $device ->
    [camera] camera
   *[other] microphone
} found
problem-absent = Plug one in or switch it on, then try again. Without it you can still see and hear the other person.
problem-insecure-title = The page is not secure
problem-insecure = Browsers give the microphone only to pages of https. Open this site by its https address.
problem-unsupported-title = This browser cannot make calls
problem-unsupported = Calls need Chrome or Edge from version 123, Firefox from version 128, or a present Safari.

ended-too-many-calls = You have started too many calls. Wait some minutes.
ended-limit = The server has as many calls as it takes at once. Call again later.
ended-too-many-held = You hold as many calls as you can. End one first.
