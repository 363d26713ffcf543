// SPDX-License-Identifier: Apache-2.0
// What the portal's pages share: light tree, live updates, telling of results.
import { VvLightElement } from '../ui/element.ts';
import { asProblem, problemText } from './shared.ts';
import { services } from './services.ts';
import type { ApiProblem, MeView } from './services.ts';

export abstract class Page extends VvLightElement {
    private stopLive: (() => void) | undefined;

    override connectedCallback(): void {
        super.connectedCallback();
        this.stopLive = services.get().live.onChange(() => this.requestUpdate());
    }

    override disconnectedCallback(): void {
        this.stopLive?.();
        super.disconnectedCallback();
    }

    protected get api() {
        return services.get().api;
    }

    protected get live() {
        return services.get().live;
    }

    protected toast(text: string, kind: 'done' | 'problem' = 'done'): void {
        this.emit('vv-tell', { text, kind });
    }

    protected signedIn(me: MeView): void {
        this.emit('vv-signed-in', { me });
    }

    protected callState(name: string) {
        if (!this.live.callsPossible) {
            return 'absent' as const;
        }
        return this.live.inCallWith(name) ? ('in-progress' as const) : ('idle' as const);
    }

    /** Runs what may be refused; a refusal is told, at its field if `atField` can. */
    protected async attempt(
        action: () => Promise<void>,
        atField?: (problem: ApiProblem) => boolean,
    ): Promise<void> {
        try {
            await action();
        } catch (thrown) {
            const problem = asProblem(thrown);
            if (!atField?.(problem)) {
                this.toast(problemText(problem), 'problem');
            }
        }
    }

    /** Shows the refusal at the field it names and moves the cursor there. */
    protected showAtField(form: HTMLFormElement, problem: ApiProblem): boolean {
        for (const field of form.querySelectorAll('vv-field')) {
            if (field.name === problem.field) {
                field.error = problemText(problem);
                field.focus();
                return true;
            }
        }
        return false;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        'vv-field': import('../ui/field.ts').VvField;
    }
}
