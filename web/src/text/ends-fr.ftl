# SPDX-License-Identifier: Apache-2.0
# Français : ce qu’est devenu un appel terminé, dans la liste des appels et dans une discussion.

past-missed = Manqué
past-missed-silent = Manqué : sans sonnerie, vous ne vouliez pas être dérangé
past-answered = { $duration }
past-failed = N’a pas été établi

chat-call-answered = Appel, { $duration }
chat-call-failed = Appel qui n’a pas été établi
chat-call-missed = Appel manqué de { $name }
chat-call-mine = Votre appel
chat-call-theirs = Appel de { $name }

# Pourquoi il s’est terminé ; pour certains, du fait de qui.
why-hung-up = Raccroché
why-hung-up-mine = Vous avez raccroché
why-hung-up-theirs = L’autre a raccroché
why-declined-mine = Vous avez refusé
why-declined-theirs = Refusé
why-cancelled-mine = Vous avez raccroché avant la réponse
why-cancelled-theirs = Abandonné avant la réponse
why-no-answer-mine = Vous n’avez pas répondu
why-no-answer-theirs = Pas de réponse
why-unreachable-mine = Vous n’étiez pas joignable
why-unreachable-theirs = N’était pas joignable
why-busy-mine = Vous étiez déjà en appel
why-busy-theirs = Était déjà en appel
why-permission-denied = Le microphone n’a pas été autorisé
why-permission-denied-mine = Votre microphone n’a pas été autorisé
why-permission-denied-theirs = Le microphone de l’autre n’a pas été autorisé
why-no-device = Il n’y avait pas de microphone
why-no-device-mine = Vous n’aviez pas de microphone
why-no-device-theirs = L’autre n’avait pas de microphone
why-media-failed = Le son et l’image n’ont pas pu être reliés
why-media-lost = La connexion a été perdue
why-signalling-lost = La connexion au serveur a été perdue
why-replaced = Un autre appel a pris sa place
why-connector-disabled = Les appels ont été désactivés
why-server-shutdown = Le serveur a été redémarré
why-too-long = La durée maximale a été atteinte
why-stopped = Terminé par un administrateur
