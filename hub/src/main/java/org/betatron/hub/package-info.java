/// The Hugging Face hub: what is fetched from it, and the cache that is shared with Python's
/// `huggingface_hub`.
///
/// ```text
/// HubPlace --Hub--> HubCache: there already?  --no--> HubListing --NeededFiles--> BlobDownload --> HubCache
/// ```
///
/// [org.betatron.hub.Hub] is what others call. Nothing here knows what models or data sets are made
/// of but the names of their files.
///
/// Source of the protocol and of the layout of the cache: the client's own code, `huggingface_hub`
/// 2.4.0.
@NullMarked
package org.betatron.hub;

import org.jspecify.annotations.NullMarked;
