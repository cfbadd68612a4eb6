/** The back ends of {@code HostRoot}: a live machine, directories, archives, and texts that tools print. */
package dev.dmarshal.host.files;
