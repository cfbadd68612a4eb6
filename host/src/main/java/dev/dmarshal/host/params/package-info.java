/**
 * Kernel and Xen command lines, understood by version: what each token does there, or why it does nothing, and what is in force in the end.
 * Pure: a version, a text and, if they are known, build options go in; values come out. The knowledge is in two reviewed tables beside the classes,
 * {@code names.txt} and {@code parameters.txt}.
 */
package dev.dmarshal.host.params;
