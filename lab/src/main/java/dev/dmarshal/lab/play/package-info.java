/** Plays: a machine and what happens in it, as a text that people write; {@code lab/README.md} has the form. */
package dev.dmarshal.lab.play;
