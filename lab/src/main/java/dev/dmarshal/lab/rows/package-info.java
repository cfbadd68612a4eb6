/**
 * Specification rows: rules of the VT-d architecture as lines of text, and their players on the model and on QEMU. The language is described in
 * {@code spec/README.md} beside the rows.
 */
package dev.dmarshal.lab.rows;
