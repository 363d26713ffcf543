# SPDX-License-Identifier: Apache-2.0
# Français : la fenêtre d’appel, ses appareils et la fin d’un appel.

call-to = Appel à { $name }
call-with = Appel avec { $name }
call-preparing = En attente de votre micro et de votre caméra…
call-dialling = Appel de { $name }…
call-rings = Ça sonne sur { $devices }…
call-rings-mute = Affiché sur { $devices }, sans le son…
call-rings-silent = { $name } ne veut pas être dérangé : votre appel s’affiche sans sonner
call-rings-waiting = { $name } est déjà en appel et voit que vous appelez
guest-lobby = { $name } sait que vous êtes là. Vous entrez dès sa réponse.
guest-over = Votre lien a servi. Demandez-en un autre si besoin.
call-hold = Mettre en attente
call-held = En attente
call-held-text = { $name } ne vous entend ni ne vous voit.
call-held-both = { $name } a aussi mis l’appel en attente.
call-held-by-peer = { $name } vous a mis en attente
call-resume = Reprendre l’appel
waiting-popup = Le navigateur a bloqué la fenêtre. Autorisez les fenêtres pour ce site, puis répondez de nouveau.
waiting-reply = L’appel est refusé, mais votre message n’a pas pu être envoyé.
call-connecting = Connexion…
call-active = Connecté
meeting-open = Ouvrir la réunion
meeting-waits = { $name } et vous, vous retrouvez dans ce service :
call-reconnecting = Reconnexion…
call-lost = La connexion avec { $name } est perdue. Elle est en cours de rétablissement…
call-peer-trouble = { $name } a perdu la connexion
call-peer-away = { $name } se reconnecte…
call-peer-muted = Le micro de { $name } est coupé
call-controls = Commandes de l’appel
call-own-picture = Votre image
call-peer-picture = Image de { $name }
call-sound-blocked = Le son est bloqué – cliquez pour entendre { $name }
microphone-none = Pas de micro
camera-none = Pas de caméra
call-end = Raccrocher
call-end-later = Le serveur est absent pour le moment. Laissez cette fenêtre ouverte : elle préviendra l’autre côté dès que possible.
call-more = Plus
call-options = Options de l’appel
call-chat = Envoyer un message
share = Partager l’écran
share-stop = Arrêter le partage
full-screen = Plein écran
float = Petite fenêtre au premier plan
own-picture-move = Déplacer mon image
zoom-in = Agrandir
zoom-out = Réduire
speaker-none = Le navigateur choisit le haut-parleur
speaker-test = Tester le haut-parleur
microphone-choose = Choisir le micro et le haut-parleur
camera-choose = Choisir la caméra
device-numbered = { $device } { $number }
hint-muted-speaking = Votre micro est coupé. Activez-le pour être entendu
hint-silent = Votre micro est activé, mais aucun son n’est détecté
notice-fallback = { $device ->
    [camera] Votre caméra a disparu. Utilisée maintenant : { $detail }
   *[other] Votre micro a disparu. Utilisé maintenant : { $detail }
}
notice-lost = { $device ->
    [camera] Votre caméra a disparu.
   *[other] Votre micro a disparu.
}
notice-denied = { $device ->
    [camera] La caméra est bloquée pour ce site. Autorisez-la à côté de l’adresse.
   *[other] Le micro est bloqué pour ce site. Autorisez-le à côté de l’adresse.
}
notice-dismissed = { $device ->
    [camera] La caméra n’a pas été autorisée.
   *[other] Le micro n’a pas été autorisé.
}
notice-system = { $device ->
    [camera] Les réglages de confidentialité du système bloquent la caméra.
   *[other] Les réglages de confidentialité du système bloquent le micro.
}
notice-in-use = { $device ->
    [camera] Un autre programme utilise la caméra.
   *[other] Un autre programme utilise le micro.
}
notice-absent = { $device ->
    [camera] Aucune caméra trouvée.
   *[other] Aucun micro trouvé.
}
quality = Connexion : { $level ->
    [good] bonne
    [fair] moyenne
    [poor] faible
   *[bad] mauvaise
}
quality-loss = Perdu en route
quality-delay = Aller et retour
quality-path = Chemin
quality-percent = { $value } %
quality-ms = { $value } ms
quality-path-direct = direct
quality-path-relayed = par le relais
quality-path-unknown = pas encore connu
quality-limit-none = Rien ne limite cet appel.
quality-limit-computer = Cet ordinateur est à sa limite. Fermez d’autres programmes.
quality-limit-incoming = Le son et l’image de { $name } arrivent incomplets.
quality-limit-outgoing = Votre réseau n’a plus de place : { $name } reçoit moins de vous.
keys-title = Touches
keys-single = Touches sans Ctrl
key-microphone = Activer ou couper le micro
key-camera = Activer ou couper la caméra
key-talk = Parler tant qu’elle est enfoncée
key-chat = Envoyer un message
key-share = Partager l’écran
key-full-screen = Plein écran
key-keys = Cette liste
key-space = Espace
key-ctrl = Ctrl + { $key }
preview-elsewhere = Votre appel avec { $name } continue dans une autre fenêtre.
preview-picture = Montrer mon image
preview-picture-off = Cacher mon image
use-here = Utiliser ici
listen-only = Écouter seulement
call-again = Rappeler
continue-without-camera = Continuer sans caméra

ended-hung-up = { $name } a raccroché.
ended-hung-up-by-me = Vous avez raccroché.
ended-declined = { $name } a refusé l’appel.
ended-declined-by-me = Vous avez refusé l’appel.
ended-declined-elsewhere = Vous avez refusé l’appel sur un autre appareil.
ended-answered-elsewhere = Vous avez répondu sur un autre appareil.
ended-cancelled = { $name } n’appelle plus.
ended-cancelled-by-me = Vous avez annulé l’appel.
ended-no-answer = { $name } n’a pas répondu. Réessayez plus tard.
ended-no-answer-by-me = Vous n’avez pas répondu à temps.
ended-unreachable = { $name } n’est pas joignable. Réessayez plus tard.
ended-busy = { $name } est dans un autre appel. Réessayez dans un moment.
ended-permission-denied = { $name } n’a pas pu ouvrir son micro ou sa caméra. Rien ne cloche de votre côté.
ended-permission-denied-by-me = Votre navigateur a refusé le micro. Autorisez-le pour ce site, puis rappelez.
ended-no-device = { $name } n’a pas de micro. Rien ne cloche de votre côté.
ended-no-device-by-me = Aucun micro trouvé. Branchez-en un, puis rappelez.
ended-media-failed = Le son et l’image n’ont pas pu être reliés. Un réseau ou un pare-feu entre vous les bloque : prévenez votre administrateur.
ended-media-lost = La liaison s’est rompue et n’est pas revenue. Vérifiez votre réseau, puis rappelez.
ended-signalling-lost = La liaison avec le serveur est perdue. Vérifiez votre réseau, puis rappelez.
ended-replaced = Un autre appel a pris la place de celui-ci.
ended-connector-disabled = Cette façon d’appeler a été désactivée par l’administrateur.
ended-server-shutdown = Le serveur redémarre. Rappelez dans une minute.
ended-too-long = L’appel a atteint la durée maximale.
ended-stopped = Un administrateur a mis fin à l’appel.
ended-already-in-call = Vous êtes déjà dans un appel. Terminez-le d’abord.
ended-gone = Cet appel est terminé.
ended-in-another-window = Cet appel continue dans une autre fenêtre.
ended-signed-out = Vous êtes déconnecté. Connectez-vous de nouveau pour appeler.

problem-denied-title = { $device ->
    [camera] Votre caméra est bloquée
   *[other] Votre micro est bloqué
}
problem-denied = { $browser ->
    [firefox] Ce site n’a pas le droit de l’utiliser. Cliquez sur le signe barré à gauche de l’adresse, retirez le blocage avec sa croix, puis réessayez.
    [safari] Ce site n’a pas le droit de l’utiliser. Choisissez Safari › Réglages pour ce site web dans le menu, autorisez la caméra et le micro, puis réessayez.
   *[other] Ce site n’a pas le droit de l’utiliser. Cliquez sur le signe à gauche de l’adresse, activez le micro et la caméra, puis réessayez.
}
problem-dismissed-title = { $device ->
    [camera] Votre caméra n’a pas été autorisée
   *[other] Votre micro n’a pas été autorisé
}
problem-dismissed = { $browser ->
    [firefox] La question du navigateur a été fermée ou bloquée pour l’instant. Réessayez et choisissez « Autoriser ».
   *[other] La question du navigateur a été fermée sans réponse. Réessayez et choisissez « Autoriser ».
}
problem-system-title = { $device ->
    [camera] Votre système bloque la caméra
   *[other] Votre système bloque le micro
}
problem-system = Ce site en a le droit, mais le système le refuse au navigateur. Ouvrez les réglages de confidentialité de votre système, autorisez-y { $browser ->
    [firefox] Firefox
    [safari] Safari
   *[other] votre navigateur
}, puis réessayez.
problem-in-use-title = { $device ->
    [camera] Votre caméra est déjà utilisée
   *[other] Votre micro est déjà utilisé
}
problem-in-use = Un autre programme ou onglet l’utilise. Fermez-le, puis réessayez.
problem-absent-title = { $device ->
    [camera] Aucune caméra trouvée
   *[other] Aucun micro trouvé
}
problem-absent = Branchez-en un ou allumez-le, puis réessayez. Vous pouvez aussi seulement voir et entendre l’autre personne.
problem-insecure-title = La page n’est pas sûre
problem-insecure = Les navigateurs ne donnent le micro qu’aux pages en https. Ouvrez ce site par son adresse https.
problem-unsupported-title = Ce navigateur ne peut pas appeler
problem-unsupported = Les appels demandent Chrome ou Edge à partir de la version 123, Firefox à partir de la version 128, ou un Safari récent.

ended-too-many-calls = Vous avez lancé trop d’appels. Attendez quelques minutes.
ended-limit = Le serveur a autant d’appels qu’il peut en porter à la fois. Rappelez plus tard.
ended-too-many-held = Vous avez mis en attente autant d’appels que possible. Terminez-en un d’abord.
