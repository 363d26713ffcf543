# SPDX-License-Identifier: Apache-2.0
# Français : ce que peu de pages montrent des appels.

history-title = Appels
history-which = Quels appels
history-all = Tous
history-missed = Manqués
history-search = Chercher par personne
history-none = Aucun appel pour le moment. Cliquez sur Appeler à côté du nom d’un collègue.
history-none-missed = Aucun appel manqué.
history-none-with = Aucun appel avec { $name }.
history-nobody = Personne ne correspond à « { $query } ».
history-with = Appels avec
history-older = Appels plus anciens
history-people = Trouver un collègue

past-in = Appel reçu
past-out = Appel passé
past-missed = Manqué
past-missed-silent = Manqué : sans sonnerie, vous ne vouliez pas être dérangé
past-answered = { $duration }
past-declined = Refusé
past-declined-by-me = Vous avez refusé
past-no-answer = Pas de réponse
past-busy = Était déjà en appel
past-unreachable = N’était pas joignable
past-cancelled = Abandonné avant la réponse
past-by-me = Vous avez raccroché avant la réponse
past-permission-denied = Le microphone n’a pas été autorisé
past-no-device = Il n’y avait pas de microphone
past-failed = N’a pas été établi
past-cut-media-lost = la connexion a été perdue
past-cut-signalling-lost = la connexion au serveur a été perdue
past-cut-too-long = la durée maximale était atteinte
past-cut-stopped = terminé par un administrateur
past-cut-server-shutdown = le serveur a redémarré
past-cut-connector-disabled = les appels ont été désactivés
past-details = Détails de l’appel avec { $name }, { $when }
