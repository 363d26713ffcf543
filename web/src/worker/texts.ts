// SPDX-License-Identifier: Apache-2.0
// The few words of notifications. The worker is one small file without the texts of the pages.
export interface Texts {
    readonly lang: string;
    readonly ringing: (name: string) => string;
    readonly missed: (name: string) => string;
    readonly unknown: string;
    readonly answer: string;
    readonly decline: string;
    readonly callBack: string;
    readonly available: (name: string) => string;
    readonly call: string;
}

const english: Texts = {
    lang: 'en',
    ringing: (name) => `${name} is calling you`,
    missed: (name) => `Missed call from ${name}`,
    unknown: 'Somebody has called you',
    answer: 'Answer',
    decline: 'Decline',
    callBack: 'Call back',
    available: (name) => `${name} is available now`,
    call: 'Call',
};

const french: Texts = {
    lang: 'fr',
    ringing: (name) => `${name} vous appelle`,
    missed: (name) => `Appel manqué de ${name}`,
    unknown: 'Quelqu’un vous a appelé',
    answer: 'Répondre',
    decline: 'Refuser',
    callBack: 'Rappeler',
    available: (name) => `${name} est disponible`,
    call: 'Appeler',
};

/** In the first language of the browser that there is; otherwise English. */
export function textsFor(languages: readonly string[]): Texts {
    const found = languages.map((tag) => tag.toLowerCase().split('-')[0])
        .find((language) => language === 'fr' || language === 'en');
    return found === 'fr' ? french : english;
}
