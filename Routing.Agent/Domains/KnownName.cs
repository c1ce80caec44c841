using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>What is known of a name, or of all names below one.</summary>
/// <param name="Pattern">As policies say it.</param>
/// <param name="Addresses">What it stands for, and for how long yet; the one that lapses first stands first.</param>
/// <param name="Answers">Answers that were about it, since the agent was started.</param>
/// <param name="Asker">To whom the last of them was given; null before the first.</param>
internal sealed record KnownName(
    DomainPattern Pattern, ImmutableArray<(Address Address, TimeSpan Left)> Addresses, long Answers, Address? Asker);
