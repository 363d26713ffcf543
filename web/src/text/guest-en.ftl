# SPDX-License-Identifier: Apache-2.0
# English: the page of a guest.

guest-title = { $name } invites you to a call
guest-text = You need no account. { $name } is told that you are here and lets you in.
guest-own-name = Your name
guest-own-name-hint = This is how you are shown, with the word guest beside it.
guest-name-needed = Say who you are.
guest-ask = Ask to join
guest-devices = The browser asks for your microphone and camera. You see yourself while you wait.
guest-dead-title = This link does not work any more
guest-over-title = The call is over
guest-dead-text = Ask the person who sent it for a new one.
guest-signed-in = You are signed in here as { $own }: call { $name } from the portal.
guest-open-portal = Open the profile
