# SPDX-License-Identifier: Apache-2.0
# French: the page of a guest.

guest-title = { $name } vous invite à un appel
guest-text = Aucun compte n’est nécessaire. { $name } apprend que vous êtes là et vous laisse entrer.
guest-own-name = Votre nom
guest-own-name-hint = C’est ainsi que vous apparaissez, avec le mot invité.
guest-name-needed = Dites qui vous êtes.
guest-ask = Demander à entrer
guest-devices = Le navigateur demande l’accès au micro et à la caméra. Vous vous voyez en attendant.
guest-dead-title = Ce lien ne fonctionne plus
guest-over-title = L’appel est terminé
guest-dead-text = Demandez-en un nouveau à la personne qui vous l’a envoyé.
guest-signed-in = Vous êtes connecté ici comme { $own } : appelez { $name } depuis le portail.
guest-open-portal = Ouvrir le profil
