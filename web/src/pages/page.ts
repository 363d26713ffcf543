// SPDX-License-Identifier: Apache-2.0
// A page of the portal: in the light tree, so that forms and password managers see it.
import { Part } from './part.ts';
import type { ApiProblem, MeView } from './services.ts';
import { problemText } from './shared.ts';

export abstract class Page extends Part {
    protected override createRenderRoot(): HTMLElement {
        return this;
    }

    protected signedIn(me: MeView): void {
        this.emit('vv-signed-in', { me });
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
