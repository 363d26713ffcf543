// SPDX-License-Identifier: Apache-2.0
// A reference for a fault that people are shown: under it the server's log has exactly one line.
import { randomId } from '../base/id.ts';
import { ask } from './http-api.ts';
import type { ApiProblem } from './services.ts';
import { asProblem } from './shared.ts';

const REFERENCE_SIZE = 12;
const AGAIN_MS = 5000;
/** As long as people wait for a reference; a server that is silent until then is asked again. */
const TOLD_MS = 2000;
/** What passes: the network is away, too much was told at once, a proxy has no server behind it. */
const PASSES = new Set(['network', 'limit', 'internal']);

/** Tells the server, as soon as it can be reached, what was shown; gives the reference to show. */
export function reportProblem(what: string): string {
    const reference = newReference();
    void send({ reference, what });
    return reference;
}

function newReference(): string {
    return randomId().slice(0, REFERENCE_SIZE);
}

/** Whether the server has taken it, or will; not from a page where nobody is signed in. */
async function send(body: { reference: string; what: string }): Promise<boolean> {
    try {
        await ask((path, init) => fetch(path, init), 'POST', '/api/problems', body);
        return true;
    } catch (thrown) {
        const passes = PASSES.has(asProblem(thrown).error);
        if (passes) {
            setTimeout(() => void send(body), AGAIN_MS);
        }
        return passes;
    }
}

/** A fault without a reference of the server's gets one of this page, if the log will have it. */
export async function referenced(problem: ApiProblem): Promise<ApiProblem> {
    if (problem.error !== 'internal' || problem.reference) {
        return problem;
    }
    const reference = newReference();
    const silence = new Promise<boolean>((done) => setTimeout(done, TOLD_MS, true));
    const taken = await Promise.race([send({ reference, what: 'internal' }), silence]);
    return taken ? { ...problem, reference } : problem;
}
