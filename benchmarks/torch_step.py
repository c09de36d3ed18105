"""The same networks and step in PyTorch, as the public ports have it and at its best.

`pip install torch==2.13.0` (a CPU build will do); nothing else needs it.
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

WIDTHS = (64, 64, 128, 256, 512)


def make_step(
    batch_size: int,
    *,
    linear: bool = False,
    channels_last: bool = False,
    bfloat16: bool = False,
    lean: bool = False,
) -> Callable[[], object]:
    """One step of both networks on a fixed random batch of 128x128.

    Args:
        batch_size: pictures a step.
        linear: the two 4x4 convolutions round the bottleneck as matrix products.
        channels_last: memory format.
        bfloat16: autocast.
        lean: both losses from one pass of the discriminator over completed pictures,
            and the fused Adam, as our own step has them; else as the public ports.
    """
    torch.manual_seed(0)
    generator, discriminator = Generator(linear), Discriminator(linear)
    image = torch.rand(batch_size, 3, 128, 128) * 2 - 1
    mask = torch.zeros(batch_size, 1, 128, 128)
    mask[:, :, 30:80, 40:90] = 1
    if channels_last:
        for module in (generator, discriminator):
            module.to(memory_format=torch.channels_last)
        image = image.to(memory_format=torch.channels_last)
    adam = {"betas": (0.5, 0.999), "fused": lean}
    optimizers = [
        torch.optim.Adam(generator.parameters(), 1e-3, **adam),
        torch.optim.Adam(discriminator.parameters(), 1e-4, **adam),
    ]

    def masked() -> torch.Tensor:
        visible = 1 - mask
        mean = (image * visible).sum((2, 3)) / visible.sum((2, 3))
        return image * visible + mean[:, :, None, None] * mask

    def lean_step() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            fake = generator(masked()).float()
            completed = image * (1 - mask) + fake * mask
            real_logit = discriminator(image).float()
            fake_logit = discriminator(completed).float()
        generator_loss, discriminator_loss = losses(fake, real_logit, fake_logit)
        for module, loss, keep in (
            (generator, generator_loss, True),
            (discriminator, discriminator_loss, False),
        ):
            parameters = list(module.parameters())
            gradients = torch.autograd.grad(loss, parameters, retain_graph=keep)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient
        for optimizer in optimizers:
            optimizer.step()

    def losses(fake, real_logit, fake_logit):
        reconstruction = (mask * (fake - image) ** 2).sum() / (3 * mask.sum())
        adversarial = functional.softplus(-fake_logit).mean()
        judged = functional.softplus(-real_logit) + functional.softplus(fake_logit)
        return 0.999 * reconstruction + 0.001 * adversarial, judged.mean()

    def public_step() -> None:
        generator_optimizer, discriminator_optimizer = optimizers
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            fake = generator(masked()).float()
            completed = image * (1 - mask) + fake * mask
            real_logit = discriminator(image).float()
            fake_logit = discriminator(completed.detach()).float()
        _, judged = losses(fake, real_logit, fake_logit)
        discriminator_optimizer.zero_grad()
        judged.backward()
        discriminator_optimizer.step()
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            fake_logit = discriminator(completed).float()
        joint, _ = losses(fake, real_logit.detach(), fake_logit)
        generator_optimizer.zero_grad()
        joint.backward()
        generator_optimizer.step()

    return lean_step if lean else public_step


def encoder() -> list[nn.Module]:
    """Five strided convolutions, normalised from the second on."""
    layers, inputs = [], 3
    for number, filters in enumerate(WIDTHS):
        layers.append(nn.Conv2d(inputs, filters, 4, 2, 1, bias=number == 0))
        if number:
            layers.append(nn.BatchNorm2d(filters))
        layers.append(nn.LeakyReLU(0.2, inplace=True))
        inputs = filters
    return layers


class Flat(nn.Module):
    """A 4x4 convolution over a whole 4x4 map, as the matrix product it is."""

    def __init__(self, filters: int):
        super().__init__()
        self.product = nn.Linear(512 * 16, filters, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.product(x.flatten(1))[:, :, None, None]


class Unflat(nn.Module):
    """Its transpose."""

    def __init__(self, inputs: int):
        super().__init__()
        self.product = nn.Linear(inputs, 512 * 16, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.product(x.flatten(1)).view(-1, 512, 4, 4)


class Generator(nn.Sequential):
    """The context encoder, 71 M parameters."""

    def __init__(self, linear: bool):
        down = Flat(4000) if linear else nn.Conv2d(512, 4000, 4, bias=False)
        up = Unflat(4000) if linear else nn.ConvTranspose2d(4000, 512, 4, bias=False)
        layers = [*encoder(), down, nn.BatchNorm2d(4000), nn.LeakyReLU(0.2), up]
        inputs = 512
        for filters in (256, 128, 64, 64):
            layers += [nn.BatchNorm2d(inputs), nn.ReLU(inplace=True)]
            layers.append(nn.ConvTranspose2d(inputs, filters, 4, 2, 1, bias=False))
            inputs = filters
        layers += [nn.BatchNorm2d(inputs), nn.ReLU(inplace=True)]
        layers += [nn.ConvTranspose2d(inputs, 3, 4, 2, 1), nn.Tanh()]
        super().__init__(*layers)


class Discriminator(nn.Sequential):
    """The encoder with one logit."""

    def __init__(self, linear: bool):
        judge = nn.Sequential(nn.Flatten(), nn.Linear(512 * 16, 1))
        super().__init__(*encoder(), judge if linear else nn.Conv2d(512, 1, 4))
