/* SPDX-License-Identifier: Apache-2.0 */
/* What was found out about the credentials of an object, for people and for
 * programs. */
#ifndef BERTH_VERDICT_H
#define BERTH_VERDICT_H

#include "credential.h"

/* One line for each footer. Without keys, of those made with one there is only
 * said that they are there. */
void verdict_print(const struct object_verdict *v, const uint8_t *base,
                   const struct keys *keys);

/* The same as the elements of a JSON array. */
void verdict_json(const struct object_verdict *v, const uint8_t *base);

/* Why the object is not accepted: "carries no credential". */
const char *verdict_reason(const struct object_verdict *v,
                           const struct keys *keys);

#endif
