/** Downloads models and data sets of the Hugging Face hub into the cache that Python's library uses, and publishes folders of Loci. */
export { archivesIn } from './archives/archive-names.ts';
export { Hub } from './hub.ts';
export type { HubFiles } from './hub.ts';
export { COMMIT, HUB_PREFIX, formatReference, parseReference } from './reference.ts';
export type { HubReference, RepositoryKind } from './reference.ts';
export { hubSettings } from './settings.ts';
export type { HubSettings } from './settings.ts';
export type { HubAccess, Repository } from './repository.ts';
export type { DataWish } from './download/choose-files.ts';
export type { RepositoryFile } from './cache/cache-folder.ts';
export { sizeText } from './sizes.ts';
export { cachedReference } from './cache/cached-path.ts';
export { modelFiles } from './download/choose-files.ts';
export { cardText } from './push/card.ts';
export type { Card, CardScore, CardSection, CardTable } from './push/card.ts';
export { licenseOf } from './push/license.ts';
export { assertToken, lookAt, pushFiles } from './push/push-files.ts';
export type { PushedFile, PushRequest, Pushed } from './push/push-files.ts';
