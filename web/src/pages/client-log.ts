// SPDX-License-Identifier: Apache-2.0
// What happens in a call window, for the server's log, while an administrator collects it.
import { ask } from './http-api.ts';

export type LogLevel = 'info' | 'warn' | 'error';

interface Line {
    level: LogLevel;
    connector: string;
    client: string;
    time: number;
    text: string;
}

/** As many as the server takes at once (docs/api.md); what comes faster is dropped. */
const LINES_MAX = 50;
const EVERY_MS = 3000;

export class ClientLog {
    private lines: Line[] = [];

    constructor(
        private readonly collected: boolean,
        private readonly client: string,
    ) {
        if (collected) {
            setInterval(() => this.flush(), EVERY_MS);
            window.addEventListener('pagehide', () => this.flush());
        }
    }

    add(level: LogLevel, connector: string, text: string): void {
        if (this.collected && this.lines.length < LINES_MAX) {
            this.lines.push({ level, connector, client: this.client, time: Date.now(), text });
        }
    }

    private flush(): void {
        const lines = this.lines.splice(0);
        if (lines.length > 0) {
            const send = (path: string, init?: RequestInit): Promise<Response> =>
                fetch(path, { ...init, keepalive: true });
            void ask(send, 'POST', '/api/clientlog', { lines }).catch(() => undefined);
        }
    }
}
