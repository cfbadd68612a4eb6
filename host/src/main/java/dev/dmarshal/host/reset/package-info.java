/** How a device would be reset: the kernel's methods in its order, which of them apply, and who else is hit. */
package dev.dmarshal.host.reset;
