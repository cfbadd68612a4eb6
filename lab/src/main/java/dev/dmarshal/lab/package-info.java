/** What all of the lab shares: how it fails. */
package dev.dmarshal.lab;
