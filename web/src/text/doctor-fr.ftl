doctor-intro = Regarde cette machine et les chemins qui y mènent, et passe un vrai appel par le relais sur chaque chemin. Cela prend quelques secondes.
doctor-run = Vérifier ce serveur
doctor-runs = Vérification. Cela prend quelques secondes.
doctor-summary = { $faults ->
    [0] Aucun défaut n’a été trouvé.
    [one] Un défaut a été trouvé.
   *[other] { $faults } défauts ont été trouvés.
}
doctor-level-good = Bon
doctor-level-warning = Attention
doctor-level-fault = Défaut
doctor-todo = À faire : { $text }
doctor-check-origin = Adresse des pages
doctor-check-certificate = Certificat
doctor-check-clock = Horloge
doctor-check-limits = Limites
doctor-check-disk = Disque
doctor-check-relay = Relais
doctor-check-relay-ports = Ports du relais
doctor-check-address = Adresse
doctor-check-ask = Adresse que voient les autres
doctor-check-port = Port
doctor-check-trust = Confiance
doctor-why-does-not-answer = ne répond pas
doctor-why-is-closed = est fermé
doctor-why-answers-something-that-is-not-STUN = répond autre chose que STUN
doctor-why-cannot-be-reached = ne peut pas être atteint
doctor-why-nothing-came-back = rien n’est revenu
doctor-why-connect = connexion
doctor-why-allocate = adresse du relais
doctor-why-permission = permission
doctor-why-channel = canal
doctor-why-media = son
doctor-origin-good = Les pages sont servies en https.
doctor-origin-local = Les pages ne sont servies que sur localhost : les autres machines n’ont pas de microphone sans https.
doctor-origin-local-todo = Pour d’autres personnes, réglez tls.cert, tls.key et origin = https://NOM.
doctor-origin-plain = Les navigateurs ne donnent pas de microphone aux pages sans https, et origin est { $one }.
doctor-origin-plain-todo = Réglez tls.cert et tls.key, ou un proxy avec https devant le serveur ; puis origin = https://NOM.
doctor-certificate-good = Il nomme { $one } et vaut encore { $two } jours.
doctor-certificate-ended = Il a pris fin il y a { $one } jours.
doctor-certificate-ended-todo = Renouvelez-le, puis `systemctl reload visavis` (SIGHUP).
doctor-certificate-ends = Il prend fin dans { $one } jours.
doctor-certificate-ends-todo = Renouvelez-le, puis `systemctl reload visavis` (SIGHUP).
doctor-certificate-name = Il ne nomme pas { $one }, par où viennent les navigateurs.
doctor-certificate-name-todo = Faites-en faire un pour ce nom, ou réglez origin et turn.host sur un nom qu’il porte.
doctor-certificate-key = tls.key { $one } ne peut pas être lu.
doctor-certificate-key-todo = Laissez l’utilisateur du serveur le lire.
doctor-certificate-unreadable = tls.cert { $one } ne peut pas être lu.
doctor-certificate-unreadable-todo = Donnez le fichier d’une chaîne de certificats (PEM) que l’utilisateur du serveur peut lire.
doctor-certificate-none = tls.cert { $one } n’est pas un certificat.
doctor-certificate-none-todo = Donnez le fichier d’une chaîne de certificats (PEM) que l’utilisateur du serveur peut lire.
doctor-clock-good = Elle est tenue à l’heure.
doctor-clock-loose = Rien ne tient l’horloge de cette machine à l’heure.
doctor-clock-loose-todo = Installez un service de temps, comme le paquet systemd-timesyncd.
doctor-limits-good = { $one } descripteurs sont permis.
doctor-limits-descriptors = { $one } descripteurs sont permis, les options en veulent jusqu’à { $two }.
doctor-limits-descriptors-todo = Augmentez la limite (LimitNOFILE= de l’unité, `ulimit -n`), ou baissez http.connections_max et turn.connections_max.
doctor-limits-buffers = Le noyau garde { $one } octets de paquets en attente, turn.buffer_bytes en veut { $two }.
doctor-limits-buffers-todo = Pour beaucoup d’appels relayés : sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304.
doctor-disk-good = { $one } Mio sont libres dans { $two }.
doctor-disk-little = { $one } Mio sont libres dans { $two }.
doctor-disk-little-todo = Faites de la place : un disque plein refuse les messages.
doctor-disk-full = { $one } Mio sont libres dans { $two }.
doctor-disk-full-todo = Faites de la place : un disque plein refuse les messages.
doctor-disk-read-only = Le dossier { $one } ne peut pas être écrit.
doctor-disk-read-only-todo = Créez-le, ou laissez l’utilisateur du serveur l’écrire, ou réglez data.
doctor-relay-off = Le serveur intégré est arrêté.
doctor-relay-off-todo = Réglez turn.on = 1, ou un serveur TURN à vous sur la page d’administration.
doctor-relay-ports-shared = Les ports du relais { $one } à { $two } sont aussi donnés à d’autres programmes par le noyau ({ $three } à { $four }).
doctor-relay-ports-shared-todo = sysctl -w net.ipv4.ip_local_reserved_ports=MIN-MAX avec les ports du relais, ou réglez turn.relay_port_min au-dessus de ceux du noyau ; sinon un relais trouve parfois son port pris.
doctor-relay-ports-good = Les ports du relais { $one } à { $two } ne sont donnés à personne d’autre.
doctor-address-none = Le nom { $one } n’a pas d’adresse.
doctor-address-none-todo = Inscrivez-le dans le DNS, ou réglez turn.host ou origin sur le bon nom.
doctor-address-local = { $one } n’est que cette machine.
doctor-address-local-todo = Pour d’autres personnes, réglez listen.address et origin.
doctor-address-good = Les navigateurs atteignent { $one } à { $two }.
doctor-address-private = Les relais sont annoncés à { $one }, qui n’est joignable que de ce réseau.
doctor-address-private-todo = Si l’on appelle de l’extérieur : réglez turn.public_address, ou turn.detect sur un serveur STUN qui la donne (`visavis doctor --ask SERVEUR` en essaie un), et laissez passer les ports du relais.
doctor-address-relay = Les relais sont annoncés à { $one }.
doctor-ask-name = { $one } n’est pas un hôte:port qui a une adresse.
doctor-ask-name-todo = Nommez un serveur STUN auquel vous vous fiez.
doctor-ask-silent = Le serveur STUN { $one } { $two }.
doctor-ask-silent-todo = Nommez-en un autre, ou laissez sortir UDP.
doctor-ask-same = Les autres voient cette machine à { $one }, et les relais sont annoncés ainsi.
doctor-ask-other = Les autres voient cette machine à { $one }, les relais sont annoncés à { $two }.
doctor-ask-other-todo = Réglez turn.public_address sur ce que voient les autres, ou turn.detect sur le serveur que vous avez interrogé.
doctor-port-unknown = listen.port est 0 : il n’est pas connu ici.
doctor-port-unknown-todo = Réglez listen.port, ou demandez sur la page d’administration.
doctor-port-good = { $one } port { $two } répond par { $three }.
doctor-port-closed = { $one } port { $two } { $four } par { $three }.
doctor-port-closed-todo = Démarrez le serveur, et laissez passer ce port dans les pare-feu et les redirections.
doctor-trust-good = Cette machine se fie au certificat.
doctor-trust-none = Cette machine ne s’y fie pas : { $one }.
doctor-trust-none-todo = Donnez toute la chaîne dans tls.cert ; avec une autorité à vous, chaque navigateur doit la connaître.
doctor-call-good = Un appel par { $one } : { $two } paquets de son sur { $three } aller et retour, { $four } ms.
doctor-call-loss = Un appel par { $one } : { $two } paquets de son sur { $three } aller et retour, { $four } ms.
doctor-call-loss-todo = Des paquets se perdent : regardez le réseau et la charge.
doctor-call-secret = Un appel par { $one } a été refusé à l’étape { $two } avec { $three }.
doctor-call-secret-todo = Prenez le dossier de données du serveur en marche (--data), et réglez l’horloge.
doctor-call-refused = Un appel par { $one } a été refusé à l’étape { $two } avec { $three }.
doctor-call-refused-todo = Voyez les compteurs turn_* et les limites turn.*.
doctor-call-ended = Un appel par { $one } s’est arrêté à l’étape { $two } : { $three }.
doctor-call-ended-todo = Laissez passer les ports du relais ; voyez le journal du serveur.
doctor-secret-none = Aucun secret d’un serveur n’est dans le dossier { $one }.
doctor-secret-none-todo = Lancez-le comme l’utilisateur du serveur avec sa configuration (--config, --data).
