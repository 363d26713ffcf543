// SPDX-License-Identifier: Apache-2.0
// What pages have noted (callmarks.mjs), asked from outside.
import { until } from '../e2e/browser/browser.mjs';

export const marksOf = (page) => page.evaluate(() => window.marks);

/** The time of the first mark like this after `since`, in any of the pages. */
export async function first(pages, what, since = 0, text) {
    return until(`${what} was noted`, async () => {
        const lists = await Promise.all(pages.filter((page) => !page.isClosed()).map(marksOf));
        const times = lists.flat().filter((mark) => mark.what === what && mark.at >= since &&
            (text === undefined || mark.text === text)).map(({ at }) => at);
        return times.length > 0 && Math.min(...times);
    });
}

/** Sound of both sides after something that has happened at `began`; the end of the later gap. */
export async function gapsAfter(pages, began, limitMs = 40_000) {
    const back = [];
    for (const page of pages) {
        const gaps = async () => (await marksOf(page)).filter(({ what, kind, at }) =>
            what === 'gap' && kind === 'audio' && at > began);
        const left = Math.max(1, began + limitMs - Date.now());
        const gap = await until('media are back', async () => (await gaps()).at(-1), left)
            .catch(async (error) => {
                const said = await page.locator('body').innerText();
                throw new Error(`${error.message}: ${said.replaceAll('\n', ' ')} ${JSON.stringify(
                    (await marksOf(page)).filter(({ at }) => at > began))}`);
            });
        back.push(gap.at - began);
    }
    return Math.max(...back);
}
