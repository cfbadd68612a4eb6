/** Passthrough as a library: {@link dev.dmarshal.passthrough.Passthrough} plans, applies, shows, takes back and goes on. */
package dev.dmarshal.passthrough;
