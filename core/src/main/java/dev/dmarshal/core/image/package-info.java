/**
 * Formats in which the memory of a machine is saved: raw, ELF core, kdump-compressed, LiME. Pure: whoever opens a file hands its bytes in as a
 * {@link dev.dmarshal.core.image.ByteSource}. Nothing that a file says is believed before it is held against the file's own size; what is wrong becomes an
 * {@link dev.dmarshal.core.image.ImageFinding}, and the rest is read on.
 */
package dev.dmarshal.core.image;
