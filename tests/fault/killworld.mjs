// SPDX-License-Identifier: Apache-2.0
// A server with people who write all the time, and what was acknowledged to them: settings,
// invitations, messages and calls. Several worlds live beside each other; each has its own server.
import assert from 'node:assert/strict';
import { Server, until } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';
import { generator } from './random.mjs';

const OPTIONS = { 'portal.invitations_max': 100000, 'portal.profiles_per_minute': 100000,
    'chat.sends_per_s': 1000, 'chat.sends_burst': 2000, 'signalling.rate_per_s': 2000,
    'signalling.burst': 4000, 'log.level': 'warn' };
const LINE_MS = 20_000;
const on = { microphone: true, camera: false };

/** Writes until the server is gone. Answers that do not come say nothing about the write. */
async function writeUntilGone(write) {
    try {
        for (;;) {
            await write();
        }
    } catch (thrown) {
        assert.ok(thrown.code !== 'ERR_ASSERTION', thrown);
    }
}

export class World {
    cookies = {};
    people = []; // who write their profile: what was sent and what is kept at least
    links = []; // acknowledged ones
    sent = new Map(); // of a message: its text, by its id
    kept = new Map(); // of an acknowledged message: its number in the room, by its id
    found = 0; // so many messages of the room were found to be good
    calls = []; // the ids of those that were acknowledged as kept, in this order

    static async start(seed) {
        const world = new World();
        world.random = generator(seed);
        world.server = await Server.start({ options: OPTIONS });
        await world.#people();
        return world;
    }

    async #people() {
        this.cookies.root = await this.server.createAdministrator('root');
        for (const name of ['anna', 'bert', 'dora', 'emil']) {
            this.cookies[name] = await this.server.createPerson(this.cookies.root, name);
        }
        this.people = ['anna', 'bert'].map((name) =>
            ({ cookie: this.cookies[name], sent: 0, kept: 0 }));
        this.room = await this.#room('anna', 'bert');
        await this.#room('dora', 'emil');
    }

    async #room(owner, name) {
        const made = await this.server.request('POST', '/api/rooms',
            { cookie: this.cookies[owner], body: { id: newId(), kind: 'direct', name } });
        assert.equal(made.status, 201, made.text);
        return made.json.room.id;
    }

    /** How many writes were acknowledged. */
    get acknowledged() {
        return this.people.reduce((sum, person) => sum + person.kept, 0) + this.links.length
            + this.kept.size + this.calls.length;
    }

    /** A profile names the number of its write. */
    async writePosition(person) {
        person.sent++;
        const answer = await this.server.request('PUT', '/api/me/profile', {
            cookie: person.cookie,
            body: { fullName: 'A', email: '', position: `write ${person.sent}`, language: 'en' } });
        assert.equal(answer.status, 200, answer.text);
        person.kept = person.sent;
    }

    async #makeLink() {
        const answer = await this.server.request('POST', '/api/invitations',
            { cookie: this.cookies.root, body: { kind: 'member' } });
        assert.equal(answer.status, 201, answer.text);
        this.links.push(answer.json.url.split('/join/')[1]);
    }

    async #say(tab, author) {
        const message = newId();
        const text = `${author} ${this.sent.size}`;
        this.sent.set(message, text);
        const answer = await tab.ask('chat.send', { message, room: this.room, text });
        assert.equal(answer.type, 'chat.sent', JSON.stringify(answer));
        this.kept.set(message, answer.message.seq);
    }

    /** Two messages at a time, so that one waits while the other is written. */
    async #speak(author, opened) {
        const tab = await opened;
        await writeUntilGone(() => Promise.all([this.#say(tab, author), this.#say(tab, author)]));
        tab.cut();
    }

    async #callCommand(tab, type, fields) {
        const answer = await tab.ask(type, fields);
        assert.notEqual(answer.type, 'error', `${type}: ${JSON.stringify(answer)}`);
        return answer.call?.id;
    }

    /** That a call is kept is acknowledged by its line in the chat of the two. */
    async #callOnce(dora, emil) {
        // The answer may name a call that an earlier life has left: its end was not kept.
        const call = await this.#callCommand(dora, 'call.start',
            { call: newId(), callee: 'emil', ...on });
        await this.#callCommand(emil, 'call.accept', { call, ...on });
        await this.#callCommand(dora, 'call.end', { call, reason: 'hung-up' });
        await until(() => {
            if (dora.closed !== null) {
                throw new Error('the server is gone');
            }
            return dora.events.some((e) => e.type === 'chat.message'
                && e.message.call?.call === call);
        }, LINE_MS, 'the line of the call');
        this.calls.push(call);
    }

    /** Calls, answers and hangs up, again and again. */
    async #callAll(caller, callee) {
        const [dora, emil] = await Promise.all([caller, callee]);
        await writeUntilGone(() => this.#callOnce(dora, emil));
        dora.cut();
        emil.cut();
    }

    /** All write until the server is gone: `talking` when there are tabs, `done` at the end. */
    #writeAll() {
        const quietly = (work) => work.catch((thrown) =>
            assert.ok(thrown.code !== 'ERR_ASSERTION', thrown));
        const tabs = ['anna', 'bert', 'dora', 'emil']
            .map((name) => Tab.open(this.server, this.cookies[name]));
        const [anna, bert, dora, emil] = tabs;
        const writers = [
            ...this.people.map((person) => writeUntilGone(() => this.writePosition(person))),
            writeUntilGone(() => this.#makeLink()),
            quietly(this.#speak('anna', anna)), quietly(this.#speak('bert', bert)),
            quietly(this.#callAll(dora, emil))];
        return { talking: Promise.allSettled(tabs), done: Promise.all(writers) };
    }

    async #get(path, cookie) {
        const answer = await this.server.request('GET', path, { cookie });
        assert.equal(answer.status, 200, `${path}: ${answer.text}`);
        return answer.json;
    }

    async checkPosition(person) {
        const { user } = await this.#get('/api/me', person.cookie);
        const found = Number(/^write (\d+)$/.exec(user.position)?.[1] ?? 0);
        assert.ok(found >= person.kept, `write ${person.kept} was acknowledged, ${found} is kept`);
        assert.ok(found <= person.sent, `write ${found} was never sent`);
        person.kept = found;
    }

    async #checkLinks(from) {
        for (const token of this.links.slice(from)) {
            await this.#get(`/api/invitations/${token}`);
        }
    }

    /** The messages of the room after a number. */
    async #messages(after) {
        const all = [];
        for (let before = '', more = true; more && (all[0]?.seq ?? Infinity) > after + 1;) {
            const page = await this.#get(`/api/rooms/${this.room}/messages?limit=100${before}`,
                this.cookies.anna);
            all.unshift(...page.messages);
            before = `&before=${all[0]?.seq}`;
            more = page.more;
        }
        return all.filter((message) => message.seq > after);
    }

    /** Those after a number: without a gap, whole, each author's in order. */
    async #checkMessages(after) {
        const last = {};
        let seq = after;
        for (const message of await this.#messages(after)) {
            assert.equal(message.seq, ++seq, 'the numbers of the room have a gap');
            assert.equal(message.text, this.sent.get(message.id), 'a message is torn');
            assert.equal(this.kept.get(message.id) ?? seq, seq, 'it is twice, or has moved');
            const [author, number] = message.text.split(' ');
            assert.ok(Number(number) > (last[author] ?? -1), 'an author has lost his order');
            last[author] = Number(number);
            this.kept.set(message.id, seq); // who has seen it counts on it
        }
        this.found = seq;
        assert.equal(this.kept.size, seq, 'an acknowledged message is lost');
    }

    /** Those from a place on that were acknowledged are there, once, newest first. */
    async #checkCalls(from) {
        const wanted = this.calls.slice(from).reverse();
        const ids = [];
        for (let before = ''; ids.length < wanted.length;) {
            const page = await this.#get(`/api/calls?limit=100${before}`, this.cookies.dora);
            for (const call of page.calls) {
                assert.deepEqual([call.peer.name, call.role], ['emil', 'caller']);
                if (this.calls.includes(call.id)) {
                    assert.deepEqual([call.reason, call.byMe], ['hung-up', true]);
                    ids.push(call.id);
                }
            }
            if (!page.next) {
                break;
            }
            before = `&before=${page.next}`;
        }
        assert.equal(new Set(ids).size, ids.length, 'a call is there twice');
        assert.deepEqual(ids.slice(0, wanted.length), wanted, 'an acknowledged call is lost');
    }

    /** One life; `end`: what the server ends with. Then what it has acknowledged is looked for. */
    async oneLife(signal, end, ms) {
        const [links, calls] = [this.links.length, this.calls.length];
        const { talking, done } = this.#writeAll();
        if (this.random(8) > 0) { // else it ends while the tabs come
            await talking;
        }
        await new Promise((next) => setTimeout(next, this.random(ms)));
        assert.equal(await this.server.stop(signal, true), end);
        await done;
        await this.server.run();
        await Promise.all(this.people.map((person) => this.checkPosition(person)));
        await this.#checkLinks(links);
        await this.#checkMessages(this.found);
        await this.#checkCalls(calls);
    }

    /** Everything of all lives. */
    async checkAll() {
        await this.#checkLinks(0);
        await this.#checkMessages(0);
        await this.#checkCalls(0);
    }

    async stop() {
        assert.equal(await this.server.stop(), 0);
        assert.doesNotMatch(this.server.log, /Sanitizer|runtime error|ASSERT/);
    }
}
