// SPDX-License-Identifier: Apache-2.0
// What a page does with devices, sound and its socket, kept where a test can ask it.

/** Before the page's scripts: counts openings of devices, and keeps what its socket says. */
export function watchPage(context) {
    return context.addInitScript(() => {
        window.opened = 0;
        window.sent = [];
        window.sockets = [];
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.tracks = [];
        navigator.mediaDevices.getUserMedia = async (wanted) => {
            window.opened++;
            const stream = await real(wanted);
            window.tracks.push(...stream.getTracks());
            return stream;
        };
        window.players = [];
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function noted() {
            window.players.push(this);
            return play.call(this);
        };
        const Real = window.WebSocket;
        window.WebSocket = class extends Real {
            constructor(...args) {
                super(...args);
                window.sockets.push(this);
            }
            send(text) {
                window.sent.push(JSON.parse(text));
                super.send(text);
            }
        };
    });
}
