/** Captures: what is read of a machine, masked and packed into one file, and the manifest that says what was looked for. */
package dev.dmarshal.host.capture;
