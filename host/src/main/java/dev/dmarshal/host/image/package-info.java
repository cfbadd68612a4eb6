/** Opening memory images: files are mapped where the system allows it, read where it does not; their formats are {@code core.image}'s. */
package dev.dmarshal.host.image;
