// SPDX-License-Identifier: Apache-2.0
// A reference for a fault that people are shown: under it the server's log has exactly one line.
import { randomId } from '../base/id.ts';
import { ask } from './http-api.ts';
import type { ApiProblem } from './services.ts';
import { asProblem } from './shared.ts';

const REFERENCE_SIZE = 12;
const AGAIN_MS = 5000;

/** Tells the server, as soon as it can be reached, what was shown; gives the reference to show. */
export function reportProblem(what: string): string {
    const reference = randomId().slice(0, REFERENCE_SIZE);
    void send({ reference, what });
    return reference;
}

async function send(body: { reference: string; what: string }): Promise<void> {
    try {
        await ask((path, init) => fetch(path, init), 'POST', '/api/problems', body);
    } catch (thrown) {
        if (asProblem(thrown).error === 'network') {
            setTimeout(() => void send(body), AGAIN_MS);
        }
    }
}

/** A fault without a reference of the server's gets one of this page. */
export function referenced(problem: ApiProblem): ApiProblem {
    return problem.error !== 'internal' || problem.reference
        ? problem
        : { ...problem, reference: reportProblem('internal') };
}
