// SPDX-License-Identifier: Apache-2.0
export interface SocketEvents {
    onOpen(): void;
    onText(text: string): void;
    onClose(code: number): void;
}

export interface Socket {
    send(text: string): void;
    /** `done`: this page does not come back to its session. */
    close(done?: boolean): void;
}

export type OpenSocket = (events: SocketEvents) => Socket;

/** The WebSocket of this page's own server. */
export const openSocket: OpenSocket = (events) => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    socket.onopen = () => events.onOpen();
    socket.onmessage = (event: MessageEvent<unknown>) => {
        if (typeof event.data === 'string') {
            events.onText(event.data);
        }
    };
    socket.onclose = (event) => events.onClose(event.code);
    return {
        send: (text) => socket.send(text),
        close: (done) => socket.close(done ? 1000 : 4000),
    };
};
