"""What signed messages say: payloads into commands by name, and what is answered to questions."""
