// SPDX-License-Identifier: Apache-2.0
// What the pages need of rooms, activities and spaces: the requests, and what is kept of the rooms.
import type { Conversation } from '../model/conversation.ts';
import type {
    AnswerActivities,
    AnswerActivity,
    AnswerComments,
    AnswerHistory,
    AnswerHits,
    AnswerRoom,
    AnswerSpace,
    AnswerSpaces,
    CommentInfo,
    PersonInfo,
    RoomInfo,
} from '../protocol/messages.ts';

/** Which part of a room's history. */
export type HistoryPart = { before: number } | { after: number } | undefined;

/** Each refuses with an ApiProblem. */
export interface TalkApi {
    rooms(): Promise<readonly RoomInfo[]>;
    room(id: string): Promise<AnswerRoom>;
    /** The one room of the two, made when there is none. */
    directRoom(id: string, name: string): Promise<AnswerRoom>;
    makeTeam(id: string, title: string, members: readonly string[]): Promise<AnswerRoom>;
    renameRoom(id: string, title: string): Promise<AnswerRoom>;
    addMember(id: string, name: string): Promise<AnswerRoom>;
    removeMember(id: string, name: string): Promise<void>;
    history(id: string, part: HistoryPart): Promise<AnswerHistory>;
    searchChat(query: string, room: string, before: string): Promise<AnswerHits>;
    activities(space: string, before: string): Promise<AnswerActivities>;
    post(id: string, text: string, space: string): Promise<AnswerActivity>;
    removeActivity(id: string): Promise<void>;
    comments(activity: string, after: string): Promise<AnswerComments>;
    comment(activity: string, id: string, text: string): Promise<CommentInfo>;
    removeComment(activity: string, id: string): Promise<void>;
    like(activity: string, liked: boolean): Promise<void>;
    spaces(): Promise<AnswerSpaces>;
    space(name: string): Promise<AnswerSpace>;
    makeSpace(name: string, title: string, description: string): Promise<AnswerSpace>;
    changeSpace(name: string, title: string, description: string): Promise<AnswerSpace>;
    inviteToSpace(space: string, name: string): Promise<void>;
    /** `act`: join, refuse or leave. */
    membership(space: string, act: 'join' | 'refuse' | 'leave'): Promise<void>;
    removeFromSpace(space: string, name: string): Promise<void>;
}

export interface Chat {
    /** Latest first; undefined until they are known. */
    readonly rooms: readonly RoomInfo[] | undefined;
    readonly unread: number;
    room(id: string): RoomInfo | undefined;
    people(id: string): readonly PersonInfo[];
    talk(id: string): Conversation;
    /** Reads the room, its people and its latest messages. Refuses with an ApiProblem. */
    open(id: string): Promise<void>;
    /** Reads the page before the first known message. Refuses with an ApiProblem. */
    earlier(id: string): Promise<void>;
    /** What a part of the page has read of a talk goes into what is known. */
    become(id: string, how: (talk: Conversation) => Conversation): void;
    send(id: string, text: string): void;
    retry(id: string, message: string): void;
    discard(id: string, message: string): void;
    typing(id: string): void;
    /** Begins or joins a meeting of the room: its link. Refuses with an ApiProblem. */
    meet(id: string, connector: string, picked: boolean): Promise<string>;
    /** All that is known of the room is before somebody's eyes. */
    seen(id: string): void;
    /** The room with this person; made when there is none. Refuses with an ApiProblem. */
    direct(name: string): Promise<string>;
    /** An answer of the server about a room. */
    learn(room: RoomInfo, people: readonly PersonInfo[]): void;
    start(self: string): void;
    stop(): void;
    onChange(listener: () => void): () => void;
}
