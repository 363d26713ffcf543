admin-title = Administration
admin-tab-conferencing = Visioconférence
admin-tab-people = Personnes
admin-tab-invitations = Invitations
admin-tab-calls = Appels
admin-tab-now = Maintenant
admin-tab-audit = Journal des actes
admin-tab-check = Vérification
admin-active = Actif
admin-active-title = { $name } est actif
admin-settings = Réglages
admin-settings-of = Réglages de { $name }
admin-public = Un serveur STUN public est utilisé : { $url }. Il apprend qui appelle qui et d’où. Utilisez un serveur à vous.
connector-webrtc-description = Son et image de navigateur à navigateur. Aucun compte n’est nécessaire.
connector-link-description = Les appels se retrouvent dans un service extérieur qui a un lien pour chaque réunion.
connector-sip-description = Ouvre un logiciel de téléphonie de l’appelant. Les deux personnes ont besoin d’une adresse SIP dans leur profil.
admin-no-phones = Pas d’appels sur les téléphones
admin-no-phones-hint = Les navigateurs des téléphones n’ont pas de bouton d’appel et ne peuvent pas répondre ; qui y est appelé le voit et peut refuser.
field-link-template = Adresse d’une réunion
field-link-template-hint = Par exemple https://meet.example.org/{"{"}room{"}"}
field-sip-scheme = Type de lien
field-sip-scheme-hint = sip, sips ou callto, selon les logiciels de vos utilisateurs
webrtc-title = Réglages WebRTC
webrtc-servers = Serveurs ICE, dans l’ordre où les navigateurs les essaient
webrtc-none = Il n’y a pas de serveur. Les appels ne marchent que dans un même réseau ; un serveur TURN à vous est recommandé.
webrtc-no-other = Il n’y a pas d’autre serveur. Un second serveur TURN à vous, sur une autre machine, est recommandé si celui-ci ne peut pas être joint.
relay-title = Serveur STUN et TURN intégré
relay-on = Il fonctionne et est donné en premier aux navigateurs, avec un identifiant pour chaque appel.
relay-draining = Il se termine : ce qui est relayé continue, rien de nouveau n’est accepté.
relay-off = Il est désactivé dans la configuration (turn.on).
relay-allocations = { $count ->
    [0] Rien n’est relayé en ce moment
    [one] 1 relais est actif
   *[other] { $count } relais sont actifs
}
relay-by = UDP { $udp }, TCP { $tcp }, TLS { $tls }
relay-amount = { $size } en { $number } paquets depuis le démarrage
relay-test = Tester chaque voie depuis ce navigateur
relay-udp = UDP :
relay-tcp = TCP :
relay-tls = TLS :
relay-works-udp = cela fonctionne, les appels sont relayés par la voie la plus rapide.
relay-works-tcp = cela fonctionne, les appels passent là où UDP est bloqué.
relay-works-tls = cela fonctionne, les appels passent là où seules les connexions chiffrées passent.
relay-trial-testing = test en cours …
relay-trial-nothing = aucune réponse n’est revenue. Vérifiez le pare-feu, et l’option turn.public_address derrière un routeur.
relay-trial-absent = non proposé : le serveur n’a pas de certificat propre (tls.cert).
webrtc-server = Serveur { $number }
webrtc-url = Adresse
webrtc-url-hint = stun:hôte, turn:hôte ou turns:hôte, avec :port et ?transport=udp ou tcp ; plusieurs séparées par des espaces
webrtc-credentials = Identifiants
webrtc-username = Nom d’utilisateur
webrtc-password = Mot de passe
webrtc-password-kept = Conservé. Ne saisir que pour le changer.
webrtc-add = Ajouter un serveur au-dessous
webrtc-add-first = Ajouter un serveur
webrtc-remove = Supprimer
webrtc-remove-title = Supprimer ce serveur ?
webrtc-remove-text = Les appels n’utiliseront plus { $url }.
webrtc-up = Monter
webrtc-down = Descendre
webrtc-test = Tester
webrtc-testing = Test en cours…
webrtc-test-relay = Cela marche : le serveur relaie les appels.
webrtc-test-reflexive = Cela marche : le serveur dit au navigateur son adresse publique.
webrtc-test-nothing = Aucune réponse. Vérifiez l’adresse, le port, le pare-feu et les identifiants.
webrtc-test-invalid = Le navigateur n’accepte pas ce serveur : vérifiez l’adresse et les identifiants.
webrtc-public = Utiliser un serveur STUN public : { $url }
webrtc-public-hint = Désactivé au départ. Il appartient à une autre société, qui apprend alors depuis quelles adresses on s’appelle. Le serveur intégré, ou un serveur à vous, fait la même chose.
webrtc-relay-only = Relais seulement : personne n’apprend l’adresse de l’autre
webrtc-pool = Candidats réunis d’avance (0 à 10)
webrtc-collect = Réunir le journal des pages dans celui du serveur
webrtc-save = Enregistrer
people-admin-disable = Désactiver
people-admin-disable-title = Désactiver { $name } ?
people-admin-disable-text = Toutes les connexions se terminent aussitôt. Rien n’est supprimé.
people-admin-erase = Supprimer
people-admin-erase-title = Supprimer définitivement { $name } ?
people-admin-erase-text = C’est irréversible. Le compte { $name }, sa photo et tout ce qui a été publié, commenté et aimé sont supprimés. Les messages des discussions deviennent vides. Les appels et le journal des actes restent, sans le nom. Les sauvegardes ont encore tout.
people-admin-enable = Réactiver
people-admin-disabled = Désactivé
people-admin-reset = Lien de mot de passe
people-admin-reset-done = Ce lien définit un nouveau mot de passe de { $name }. Il sert une fois.
people-admin-make = Nommer administrateur
people-admin-unmake = Retirer l’administration
people-admin-hide-address = Masquer l’adresse
people-admin-show-address = Montrer l’adresse
people-admin-groups = Groupes
people-admin-groups-of = Groupes de { $name }
admin-groups = Groupes : { $groups }
invitations-none = Aucune invitation en attente.
invitations-line = { $kind ->
    [administrator] Nouvel administrateur
    [password] Nouveau mot de passe de { $name }
   *[member] Nouvelle personne
 }, jusqu’au { $when }
invitations-withdraw = Retirer
calls-none = Personne n’est en appel.
calls-line = { $caller } et { $callee }, { $state ->
    [ringing] sonnerie
    [connecting] connexion
   *[active] conversation
 } depuis { $time }
calls-end = Terminer
calls-end-title = Terminer cet appel ?
calls-end-text = Il se termine aussitôt pour les deux, qui en sont avertis.
audit-none = Rien n’a encore été fait.
admin-now-most = au plus { $value }
admin-now-table = En tableau
admin-now-hour = Heure
admin-now-hours = Les 24 dernières heures
admin-now-calls-running = Appels en cours
admin-now-here = Personnes présentes
admin-now-sessions-open = Onglets ouverts
admin-now-people = Personnes avec un compte
admin-now-calls = Appels lancés
admin-now-sessions = Onglets ouverts, au plus
admin-now-relays = Relais ouverts
admin-now-loss = Paquets perdus, en moyenne
admin-now-percent = { $value } %
audit-older = Plus anciens
audit-connector-on = a activé { $target }
audit-connector-off = a désactivé { $target }
audit-connector-settings = a changé les réglages de { $target }
audit-phones-on = a de nouveau proposé les appels sur les téléphones
audit-phones-off = a désactivé les appels sur les téléphones
audit-user-disabled = a désactivé { $target }
audit-user-erased = a supprimé une personne ({ $target })
audit-user-enabled = a réactivé { $target }
audit-command-line = Ligne de commande
audit-user-added = a ajouté { $target }
audit-password-set = a changé le mot de passe de { $target }
audit-group-added = a créé le groupe { $target }
audit-group-joined = a ajouté { $target } à { $detail }
audit-group-left = a retiré { $target } de { $detail }
audit-password-link = a fait un lien de mot de passe pour { $target }
audit-invitation-withdrawn = a retiré une invitation
audit-invited = { $target ->
    [administrator] a fait une invitation pour un administrateur
   *[other] a fait une invitation
}
audit-activity-removed = a supprimé une publication de { $target }
audit-comment-removed = a supprimé un commentaire de { $target }
audit-call-ended = a terminé l’appel de { $target } et { $detail }
last-administrator = Ce n’est pas possible : il faut qu’il reste un administrateur.
error-invalid-username = Saisissez un nom d’utilisateur.
error-invalid-url = Ce n’est pas l’adresse d’un serveur que d’autres peuvent atteindre.
error-invalid-poolSize = Saisissez un nombre de 0 à 10.
error-invalid-template = Saisissez une adresse qui commence par https:// et a une « room » entre accolades.
error-invalid-scheme = Saisissez sip, sips ou callto.

admin-guests-title = Liens pour invités
admin-guests-none = Aucun lien pour invités.
admin-guests-line = { $host } pour { $name } : { $state ->
    [open] attend son invité, jusqu’au { $when }
    [waiting] l’invité demande à entrer
    [talking] en appel
    [used] utilisé
   *[expired] expiré
}
audit-guest-invited = a créé un lien pour un invité
audit-guest-link-withdrawn = a retiré un lien pour un invité
admin-guests-withdraw-title = Retirer ce lien ?
admin-guests-withdraw-text = Il ne fonctionnera plus, et l’invité venu par lui sort aussitôt.
