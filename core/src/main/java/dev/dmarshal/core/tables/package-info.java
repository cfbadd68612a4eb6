/**
 * Remapping tables as a whole, read from a memory image: which devices they serve, all that they map, where they lie if nobody says, what is wrong with them.
 * Everything here ends on any bytes: each table is read once per tree, and the number of tables, entries and findings has a bound. Pure.
 */
package dev.dmarshal.core.tables;
