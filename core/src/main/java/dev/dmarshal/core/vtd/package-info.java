/**
 * Structures and registers of Intel VT-d as values: every field declared once, decoders, builders, fault reasons.
 * Section numbers are those of the VT-d architecture specification, revision 4.
 */
package dev.dmarshal.core.vtd;
