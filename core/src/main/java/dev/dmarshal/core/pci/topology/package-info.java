/**
 * What bears on who shares a requester id or can reach whom without passing the remapping hardware: functions, buses, ports and the tree that they form. Pure.
 */
package dev.dmarshal.core.pci.topology;
