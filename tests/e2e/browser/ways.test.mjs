// SPDX-License-Identifier: Apache-2.0
// The rows of the acceptance table about the ways to call, in Chromium: several connectors, their
// accounts, groups, phones.
import { accounts } from './rows/accounts.mjs';
import { connectors } from './rows/connectors.mjs';
import { groups } from './rows/groups.mjs';
import { phones } from './rows/phones.mjs';
import { runWays } from './rows/ways-world.mjs';

runWays('chromium', connectors, accounts, groups, phones);
