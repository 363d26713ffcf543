// SPDX-License-Identifier: Apache-2.0
// A part of the pages of administration.
import { adminApi, type AdminApi } from './admin-api.ts';
import { Page } from './page.ts';

export abstract class AdminPart extends Page {
    /** Who answers it: the gallery shows it with several answers. */
    admin: AdminApi = adminApi();
}
