// SPDX-License-Identifier: Apache-2.0
// Run in pages before their scripts: note when what happened, by the clock of the machine. Each
// must stand alone, because the browser gets its text; the first one comes first.

/** Clicks, the card of a call, and what the socket says. */
export function watchMarks() {
    window.marks = [];
    window.now = () => performance.timeOrigin + performance.now();
    window.mark = (what, more = {}) => window.marks.push({ what, at: window.now(), ...more });
    const { mark } = window;

    document.addEventListener('click', (event) => {
        const button = event.composedPath().find((each) => each.localName === 'button');
        mark('click', { text: button?.innerText?.trim() ?? '' });
    }, true);

    const define = customElements.define.bind(customElements);
    customElements.define = (name, element, options) => {
        const shown = element.prototype.connectedCallback;
        if (name === 'vv-incoming-call') {
            element.prototype.connectedCallback = function connected() {
                mark('card');
                return shown?.call(this);
            };
        }
        define(name, element, options);
    };

    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
        constructor(...args) {
            super(...args);
            this.addEventListener('message', ({ data }) => {
                const { type } = JSON.parse(data);
                if (type === 'welcome' || type === 'call.is' || type === 'call.changed') {
                    mark(type);
                }
            });
        }
        send(text) {
            const { type } = JSON.parse(text);
            if (/^call\.(start|accept|join|describe|connected)$/.test(type)) {
                mark(`sent ${type}`);
            }
            super.send(text);
        }
    };

}

/** Sound and picture: when they are opened and given to be sent, and when they come. */
export function watchMedia() {
    const { now, mark } = window;
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const kind = wanted.video ? 'camera' : 'microphone';
        mark(`asks ${kind}`);
        const stream = await open(wanted);
        mark(`has ${kind}`);
        return stream;
    };
    const replace = RTCRtpSender.prototype.replaceTrack;
    RTCRtpSender.prototype.replaceTrack = function noted(track) {
        mark(`gives ${track?.kind ?? 'nothing'}`);
        return replace.call(this, track);
    };
    const LOUD = 0.001;
    const GAP_MS = 400;
    window.peers = [];
    /** When the first sound was played or the first frame shown, however late this page, which may
     *  have been busy with a window that it opened, comes to look. */
    const noteFirst = async (peer, receiver) => {
        const stats = [...(await receiver.getStats()).values()];
        const { timestamp, jitterBufferEmittedCount = 0, totalInterFrameDelay = 0 } =
            stats.find(({ type }) => type === 'inbound-rtp') ?? { timestamp: now() };
        const { kind } = receiver.track;
        const since = kind === 'audio' ? jitterBufferEmittedCount / 48
            : totalInterFrameDelay * 1000;
        window.marks.push({ what: kind, at: timestamp - since, peer: window.peers.indexOf(peer) });
    };
    /** The first sound that is not silence, the first frame, and gaps in what is heard. */
    const look = (peer, receiver, state) => {
        const [source] = receiver.getSynchronizationSources();
        if (source === undefined) {
            return;
        }
        const { kind } = receiver.track;
        if (!state.had && (kind === 'video' || source.audioLevel > LOUD)) {
            state.had = true;
            void noteFirst(peer, receiver);
        }
        if (source.timestamp !== state.timestamp) {
            if (state.at !== undefined && now() - state.at > GAP_MS) {
                mark('gap', { kind, from: state.at });
            }
            state.timestamp = source.timestamp;
            state.at = now();
        }
    };
    const Peer = window.RTCPeerConnection;
    const states = new Map();
    window.RTCPeerConnection = class extends Peer {
        constructor(...args) {
            super(...args);
            window.peers.push(this);
        }
    };
    setInterval(() => {
        for (const peer of window.peers) {
            if (peer.connectionState === 'closed') {
                continue;
            }
            for (const receiver of peer.getReceivers()) {
                const state = states.get(receiver) ?? {};
                states.set(receiver, state);
                look(peer, receiver, state);
            }
        }
    }, 5);
}
