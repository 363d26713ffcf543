// SPDX-License-Identifier: Apache-2.0
// What pages and their parts share: live updates, telling of results.
import type { PropertyValues } from 'lit';
import type { ServerEvent } from '../protocol/messages.ts';
import { VvElement } from '../ui/element.ts';
import { focusWithin, keepFocus } from '../ui/keep-focus.ts';
import type { PersonView } from '../ui/types.ts';
import { referenced } from './problem-report.ts';
import { asProblem, problemText } from './shared.ts';
import { services } from './services.ts';
import type { ApiProblem } from './services.ts';

export abstract class Part extends VvElement {
    private stops: readonly (() => void)[] = [];

    /** What the server tells while the part stands on the page. */
    protected onEvent?(event: ServerEvent): void;
    /** The server's session is a new one: events may be missing. */
    protected onFresh?(): void;

    override connectedCallback(): void {
        super.connectedCallback();
        const { live, chat } = services.get();
        const renew = (): void => this.requestUpdate();
        this.stops = [
            live.onChange(renew),
            chat.onChange(renew),
            ...(this.onEvent ? [live.onEvent((event) => this.onEvent?.(event))] : []),
            ...(this.onFresh ? [live.onFresh(() => this.onFresh?.())] : []),
        ];
    }

    override disconnectedCallback(): void {
        this.stops.forEach((stop) => stop());
        super.disconnectedCallback();
    }

    protected override update(changed: PropertyValues): void {
        const around = focusWithin(this);
        super.update(changed);
        keepFocus(around);
    }

    protected get api() {
        return services.get().api;
    }

    protected get talkApi() {
        return services.get().talkApi;
    }

    protected get live() {
        return services.get().live;
    }

    protected get chat() {
        return services.get().chat;
    }

    protected get self(): string {
        return services.get().live.self;
    }

    protected toast(text: string, kind: 'done' | 'problem' = 'done'): void {
        this.emit('vv-tell', { text, kind });
    }

    /** Leads to another page of the portal. */
    protected go(path: string): void {
        this.emit('vv-go', { path });
    }

    protected latest<P extends PersonView>(person: P): P {
        return this.live.latest(person);
    }

    /** Runs what may be refused; a refusal is told, at its field if `atField` can. */
    protected async attempt(
        action: () => Promise<void>,
        atField?: (problem: ApiProblem) => boolean,
    ): Promise<void> {
        try {
            await action();
        } catch (thrown) {
            const problem = await referenced(asProblem(thrown));
            if (!atField?.(problem)) {
                this.toast(problemText(problem), 'problem');
            }
        }
    }
}
