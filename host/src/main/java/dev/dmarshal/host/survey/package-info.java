/** All that is known of a host's PCI functions at once: facts, groups, remapping, and what changed between two looks. */
package dev.dmarshal.host.survey;
