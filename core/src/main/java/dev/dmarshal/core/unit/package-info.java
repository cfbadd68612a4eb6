/**
 * The executable remapping hardware: table walks, translation caches, invalidation, fault recording, interrupt remapping.
 * What it leaves out and where it had to decide is in {@code docs/spec-decisions.md}.
 */
package dev.dmarshal.core.unit;
