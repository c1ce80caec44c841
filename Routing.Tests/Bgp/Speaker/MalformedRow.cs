namespace Routing.Tests.Bgp.Speaker;

/// <summary>An UPDATE with something wrong in it, and what that must cost.</summary>
/// <param name="Section">Who says so.</param>
/// <param name="Attributes">The attributes, all but those every UPDATE of the session has.</param>
/// <param name="External">The cost when it comes from another AS: Accept, Discard, Withdraw or Reset.</param>
/// <param name="Internal">The cost when it comes from our own.</param>
internal sealed record MalformedRow(string Section, string Attributes, string External, string Internal);
