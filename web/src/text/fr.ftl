# SPDX-License-Identifier: Apache-2.0
# Français.

app-name = Visavis
skip-to-content = Aller au contenu
loading = Chargement…
try-again = Réessayer
cancel = Annuler
close = Fermer
save = Enregistrer
saved = Enregistré
copy = Copier
copied = Copié
offline-banner = Connexion perdue. Reconnexion…
language-en = English
language-fr = Français
language-auto = Comme le navigateur

menu = Menu principal
menu-people = Personnes
menu-admin = Administration : visioconférence
menu-settings = Paramètres
user-menu = Votre menu, { $name }
theme = Apparence
theme-auto = Système
theme-light = Claire
theme-dark = Sombre
language = Langue
sign-out = Se déconnecter

sign-in-title = Connexion
sign-in-text = Voyez un collègue en un clic.
sign-in = Se connecter
sign-out-done = Vous êtes déconnecté.
user-name = Nom d’utilisateur
user-name-hint = Lettres minuscules, chiffres, point, tiret ou tiret bas. Il ne pourra pas être changé.
password = Mot de passe
password-hint = Au moins 10 caractères.
full-name = Nom complet
e-mail = E-mail
optional-label = { $label } (facultatif)
position = Fonction

join-title = Bienvenue
join-text = Vous êtes invité. Choisissez comment les autres vous verront.
join-administrator-text = Ce lien crée le compte de l’administrateur.
join = Créer le compte
join-expired-title = Ce lien n’est pas valable
join-expired-text = Il a déjà servi ou il a expiré. Demandez-en un autre à votre administrateur.
reset-title = Nouveau mot de passe
reset-text = Choisissez un nouveau mot de passe pour { $name }.
reset = Changer le mot de passe et se connecter

people-title = Personnes
people-search = Chercher une personne
people-count = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
people-none = Personne ne correspond à « { $query } ».
people-empty = Il n’y a encore personne d’autre ici.
previous-page = Précédent
next-page = Suivant
page-range = { $from }–{ $to } sur { $total }
invite = Inviter

profile-edit = Modifier le profil
profile-you = C’est vous
avatar-of = Photo de { $name }

status-available = Disponible
status-in-call = En appel
status-away = Absent
status-do-not-disturb = Ne pas déranger
status-offline = Hors ligne

invite-title = Inviter
invite-text = Créez un lien et envoyez-le à une personne. Il ne sert qu’une fois.
invite-kind-member = Personne
invite-kind-administrator = Administrateur
invite-kind = Invité comme
invite-make = Créer le lien
invite-link = Lien d’invitation
invite-expires = Valable jusqu’au { $when }

not-found-title = Rien ici
not-found-text = Cette page n’existe pas, ou vous ne pouvez pas la voir.
not-found-link = Aller à l’accueil
call-insecure-title = Pas d’appels en http simple
call-insecure-text = Les navigateurs n’ouvrent le microphone et la caméra qu’en https. Demandez à votre administrateur une adresse en https.

call-button = Appeler
call-button-title = Démarrer un appel vidéo avec { $name }
call-button-room-title = Démarrer une réunion pour tous les membres de { $name }
call-button-in-progress = En cours
call-button-in-progress-title = Votre appel avec { $name } est en cours. Afficher sa fenêtre
incoming-title = { $name } vous appelle
incoming-answer = Répondre
incoming-answer-without-camera = Répondre sans caméra
incoming-answer-elsewhere = Les appels ne sont pas proposés sur les téléphones ici. Répondez sur un ordinateur.
incoming-decline = Refuser
incoming-decline-title = Refuser l’appel de { $name }
incoming-hold-answer = Attente et répondre
incoming-waiting = Vous êtes en appel : il est mis en attente quand vous répondez.
incoming-ignore = Ignorer ici
incoming-ignore-title = Ni carte ni sonnerie sur cet appareil ; ça sonne encore ailleurs
guest-name = { $name } (invité)
guest-asks = { $name } demande à entrer
guest-let-in = Laisser entrer
guest-let-in-without-camera = Laisser entrer, sans ma caméra
guest-refuse = Refuser
incoming-reply = Refuser avec un message
incoming-reply-sent = Refusé. { $name } a reçu votre message.
incoming-answered-elsewhere = Répondu sur { $device }
incoming-declined-elsewhere = Refusé sur { $device }
reply-later = Je vous rappelle.
reply-meeting = Je suis en réunion.
reply-write = Écrivez-moi, s’il vous plaît.
reply-own = Vos propres mots
incoming-sound-blocked = Le son est bloqué – cliquez pour entendre
incoming-page-title = { $name } appelle
profile-link = Profil de { $name }

call-notify = M’avertir de sa disponibilité
call-notify-asked = Vous serez averti quand { $name } sera disponible.
microphone = Micro
camera = Caméra
speaker = Haut-parleur
device-named = { $browser } sous { $system }
device-browser = Navigateur
level = Niveau de votre micro

ended-title = Appel terminé
ended-problem-title = L’appel n’a pas abouti
ended-internal = Le serveur a eu un problème. Réessayez ; si cela persiste, donnez la référence à votre administrateur.
ended-reference = Référence : { $reference }

problem-popup-title = La fenêtre d’appel a été bloquée
problem-popup = Votre navigateur a bloqué la fenêtre. Autorisez les fenêtres de ce site, ou continuez l’appel dans cette page.
problem-popup-here = Appeler dans cette page

error-wrong-login = Nom d’utilisateur ou mot de passe incorrect.
error-limit = Le serveur n’en permet pas plus pour l’instant. Réessayez dans une minute ; si cela n’aide pas, demandez à un administrateur.
error-taken = Ce nom est pris. Choisissez-en un autre.
error-not-found = Introuvable.
error-forbidden = Vous n’avez pas ce droit.
error-invalid = Vérifiez ce champ.
error-invalid-name = Utilisez 1 à 32 lettres minuscules, chiffres, points, tirets ou tirets bas.
error-invalid-fullName = Entrez un nom de 128 caractères au plus.
error-invalid-email = Ce n’est pas une adresse e-mail.
error-invalid-password = Utilisez au moins 10 caractères.
error-invalid-position = Utilisez 128 caractères au plus.
error-too-large = Le fichier est trop gros.
error-network = Le serveur est injoignable. Vérifiez votre réseau.
error-internal = Un problème est survenu. Réessayez.

# Le cadre.
menu-home = Accueil
menu-chat = Messages
menu-calls = Appels
menu-spaces = Espaces
missed-calls = { $count ->
    [one] { $count } appel manqué
   *[other] { $count } appels manqués
}
unread-rooms = { $count ->
    [one] { $count } conversation avec de nouveaux messages
   *[other] { $count } conversations avec de nouveaux messages
}
unread-messages = { $count ->
    [one] { $count } nouveau message
   *[other] { $count } nouveaux messages
}
page-failed-title = La page n’a pas pu être chargée
more = Plus
delete = Supprimer
delete-text = Cette action est définitive.
send = Envoyer
status = Statut
status-invisible = Invisible
status-available-hint = Les appels sonnent et vous êtes prévenu.
status-away-hint = Les appels sonnent, et les autres voient que vous êtes absent.
status-do-not-disturb-hint = Les appels ne sonnent pas ; vous les voyez ensuite.
status-invisible-hint = Pour les autres vous êtes hors ligne, et les appels ne sonnent pas.
text-left = Encore { $count } caractères
text-too-long = { $count } caractères de trop

# Les personnes et le bouton d’appel.
person-card = { $name }, détails
chat = Message
chat-with = Discuter avec { $name }
call-button-available = Cela sonne maintenant.
call-button-away = Absent pour le moment, mais cela sonne.
call-button-available-on = { $count ->
    [one] Cela sonne sur { $count } appareil.
   *[other] Cela sonne sur { $count } appareils.
}
call-button-away-on = { $count ->
    [one] Absent pour le moment, mais cela sonne sur { $count } appareil.
   *[other] Absent pour le moment, mais cela sonne sur { $count } appareils.
}
call-button-push = Hors ligne : un navigateur reçoit une notification.
call-button-do-not-disturb = Ne veut pas être dérangé : cela ne sonnera pas.
call-button-in-call = Déjà en appel : votre appel sera montré sans bruit.
call-button-offline = Hors ligne : un appel manqué sera laissé.
call-button-more = Autres façons d’appeler { $name }
connector-webrtc-title = WebRTC
connector-link-title = Lien de réunion
connector-sip-title = Téléphone SIP
call-button-elsewhere = La fenêtre de cet appel est dans un autre onglet de ce navigateur. Cherchez-la là.
meeting-blocked = Votre navigateur a bloqué l’onglet de la réunion. Son lien est dans ce salon.
picker-search = Rechercher qui ajouter
picker-add = Ajouter { $name }
picker-drop = Retirer { $name }
picker-nobody = Il n’y a personne d’autre à ajouter.

# Le fil.
home-title = Accueil
feed = Fil d’actualité
feed-write = Que voulez-vous partager ?
feed-write-space = Écrire dans cet espace
feed-post = Publier
feed-empty = Rien n’a encore été publié. Dites à tous sur quoi vous travaillez.
feed-empty-space = Rien n’a encore été publié ici. Commencez par un mot de bienvenue.
feed-first = Écrire la première publication
feed-more = Voir les publications plus anciennes
activity-of = Publication de { $name }
activity-like = J’aime
activity-likes = { $count ->
    [0] Personne n’aime encore cela
    [one] { $count } personne aime cela
   *[other] { $count } personnes aiment cela
}
activity-comment = Commenter
activity-comments = { $count ->
    [one] { $count } commentaire
   *[other] { $count } commentaires
}
activity-delete = Supprimer cette publication
activity-deleted = La publication est supprimée.
comment-write = Écrire un commentaire
comment-delete = Supprimer ce commentaire
comments-all = { $count ->
    [one] Voir { $count } commentaire précédent
   *[other] Voir { $count } commentaires précédents
}
comments-more = { $count ->
    [one] Voir encore { $count } commentaire
   *[other] Voir encore { $count } commentaires
}

# Les messages.
chat-title = Messages
chat-rooms = Conversations
chat-room = Conversation
chat-log = Messages
chat-search = Chercher dans les messages
chat-search-none = Aucun message trouvé pour « { $query } ».
chat-search-found = Messages trouvés
chat-said = { $name } : { $text }
chat-you = Vous : { $text }
chat-no-rooms = Vous n’avez pas encore de conversation.
chat-find-people = Trouver un collègue
chat-choose = Choisissez une conversation, ou commencez-en une depuis le nom d’un collègue.
chat-back = Retour à toutes les conversations
chat-write = Écrire un message
chat-empty = Pas encore de message. Dites bonjour !
chat-earlier = Messages précédents
chat-later = Messages suivants
chat-latest = Les derniers messages
chat-new = Nouveau
chat-sending = Envoi…
chat-waiting = En attente de la connexion…
chat-not-sent = Non envoyé. { $why }
chat-read = Lu
chat-read-by = Lu par { $names }
chat-typing = { $count ->
    [one] { $names } écrit…
   *[other] { $names } écrivent…
}
person-erased = Personne supprimée
chat-erased = Ce message a été effacé.
chat-peer-gone = Plus personne ne peut écrire à cette personne.
chat-meeting = { $name } a démarré une réunion
chat-meeting-own = Vous avez démarré une réunion
chat-meeting-join = Rejoindre sur { $host }
room-gone = Cette conversation n’existe pas, ou vous n’y êtes plus.
room-people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
room-add = Ajouter des personnes
room-added = { $name } est maintenant dans le salon.
room-remove = Retirer { $name } du salon
room-leave = Quitter ce salon
team-new = Nouveau salon d’équipe
team-title = Titre
team-people = Personnes
team-people-none = Personne n’est encore choisi. Vous pourrez aussi en ajouter plus tard.
team-make = Créer le salon
mini-fold = Réduire
mini-fold-of = Réduire la discussion avec { $title }
mini-open = Ouvrir dans Messages
mini-open-of = Ouvrir la discussion avec { $title } dans la page des messages
mini-close = Fermer
mini-close-of = Fermer la discussion avec { $title }

# Les espaces.
spaces-title = Espaces
spaces-mine = Vos espaces
spaces-none = Un espace est un lieu propre à une équipe ou un sujet : un fil, un salon, ses membres.
space-new = Nouvel espace
space-edit = Modifier cet espace
space-title = Titre
space-description = Description
space-name = Nom dans l’adresse
space-name-hint = Minuscules, chiffres et tirets. Laissé vide, il est tiré du titre.
space-make = Créer l’espace
space-members = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
space-invitations = Invitations
space-invited = Vous êtes invité dans { $title }.
space-join = Rejoindre
space-join-title = Rejoindre { $title }
space-refuse = Non, merci
space-refuse-title = Refuser l’invitation dans { $title }
space-invite = Inviter des personnes
space-invite-sent = { $name } est invité.
space-remove = Retirer { $name } de cet espace
space-leave = Quitter cet espace

error-invalid-title = Entrez un titre de 128 caractères au plus.
error-invalid-description = Utilisez 1 000 caractères au plus.
error-invalid-text = Ce texte est vide, trop long, ou contient des caractères qui ne peuvent être montrés.
error-state = Ce n’est pas possible pour le moment.
error-closed = La connexion a été fermée.
error-connector-disabled = Cette façon d’appeler a été désactivée.

# La préparation des appels ; sa page est dans calls-fr.ftl.
setup-title = Préparer les appels
setup-offer = Prêt pour votre premier appel ? Essayez une fois microphone, son et sonnerie.
setup-later = Pas maintenant
setup-open = Essayer

person-available = { $name } est disponible maintenant.
error-too-many-calls = Vous avez lancé trop d’appels. Attendez quelques minutes.
error-call-busy = Vous êtes dans un autre appel.
